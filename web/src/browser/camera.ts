/** Reads codes with the camera: by the browser's own detector, else by zxing in WebAssembly. */

export type CameraTrouble = "camera_https" | "camera_refused" | "camera_failed";

export class CameraError extends Error {
  readonly trouble: CameraTrouble;

  constructor(trouble: CameraTrouble) {
    super(trouble);
    this.trouble = trouble;
  }
}

type Detect = (video: HTMLVideoElement) => Promise<string[]>;

interface Detector {
  detect(image: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

const FORMATS = [
  ...["ean_13", "ean_8", "upc_a", "upc_e", "code_128", "code_39", "itf"],
  ...["qr_code", "data_matrix"],
];
const PAUSE_MS = 90;

export interface Camera {
  stop(): void;
  /** Switch the light; null where there is none. */
  torch: ((isOn: boolean) => Promise<void>) | null;
}

/** Show the camera in the video and call `read` with each code in it, again and again. */
export async function startCamera(
  video: HTMLVideoElement,
  read: (code: string, time: number) => void,
): Promise<Camera> {
  if (!navigator.mediaDevices) throw new CameraError("camera_https");
  const stream = await openStream();
  let isOn = true;
  const stop = () => {
    isOn = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  let detect: Detect;
  try {
    video.srcObject = stream;
    [detect] = await Promise.all([detector(), video.play()]);
  } catch {
    stop();
    throw new CameraError("camera_failed");
  }
  void watch(video, detect, read, () => isOn);
  return { stop, torch: torchOf(stream) };
}

async function openStream(): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } },
    });
  } catch {
    throw new CameraError("camera_refused");
  }
}

async function watch(
  video: HTMLVideoElement,
  detect: Detect,
  read: (code: string, time: number) => void,
  isOn: () => boolean,
): Promise<void> {
  while (isOn()) {
    // one picture that cannot be read is no reason to stop
    const codes =
      video.readyState >= video.HAVE_CURRENT_DATA ? await detect(video).catch(() => []) : [];
    for (const code of codes) if (isOn()) read(code, performance.now());
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

async function detector(): Promise<Detect> {
  const { BarcodeDetector } = globalThis as { BarcodeDetector?: DetectorClass };
  const known = (await BarcodeDetector?.getSupportedFormats().catch(() => [])) ?? [];
  const formats = FORMATS.filter((format) => known.includes(format));
  if (!BarcodeDetector || !formats.includes("ean_13")) return zxing();
  const own = new BarcodeDetector({ formats });
  return async (video) => (await own.detect(video)).map(({ rawValue }) => rawValue);
}

/** Loaded only where it is needed: it is as large as the rest of the page. */
async function zxing(): Promise<Detect> {
  const { readCodes } = await import("./zxing");
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new CameraError("camera_failed");
  return async (video) => {
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    if (canvas.width === 0) return [];
    context.drawImage(video, 0, 0);
    return readCodes(context.getImageData(0, 0, canvas.width, canvas.height));
  };
}

function torchOf(stream: MediaStream): Camera["torch"] {
  const [track] = stream.getVideoTracks();
  const abilities = track?.getCapabilities?.() as { torch?: boolean } | undefined;
  if (!track || !abilities?.torch) return null;
  return (isOn) =>
    track.applyConstraints({ advanced: [{ torch: isOn } as MediaTrackConstraintSet] });
}
