/** The WebAssembly reader, which comes with the page. */

import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import program from "zxing-wasm/reader/zxing_reader.wasm?url";

// by default the library asks a public network for its program
prepareZXingModule({ overrides: { locateFile: () => program } });

export async function readCodes(image: ImageData): Promise<string[]> {
  const found = await readBarcodes(image, {
    formats: ["EAN13", "EAN8", "UPCA", "UPCE", "Code128", "Code39", "ITF", "QRCode", "DataMatrix"],
    maxNumberOfSymbols: 1,
  });
  return found.filter(({ isValid }) => isValid).map(({ text }) => text);
}
