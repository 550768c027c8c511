import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const PLACE = "__SHELL__";
/** Fetched when it is first needed. */
const NOT_IN_SHELL = /\.wasm$|^zxing|\.html$|^terminal-sw\.js$/;

/** Tells the service worker which files are the shell, by a name that changes with any of them. */
export function shellList(base: string, worker: string, page: string, also: string[]): Plugin {
  return {
    name: "shell-list",
    generateBundle(_options, bundle) {
      const names = Object.keys(bundle).filter((name) => !NOT_IN_SHELL.test(name));
      const files = [...names, ...also].sort().map((name) => base + name);
      const hash = createHash("sha256").update(files.join("\n"));
      // the names of the others do not change with what is in them
      for (const one of [page, ...also.map((name) => `public/${name}`)]) {
        hash.update(readFileSync(new URL(one, import.meta.url)));
      }
      const name = hash.digest("hex").slice(0, 12);
      const chunk = bundle[worker];
      if (chunk?.type !== "chunk" || !chunk.code.includes(PLACE)) {
        throw new Error(`${worker} is not there, or does not ask for the list`);
      }
      chunk.code = chunk.code.replaceAll(PLACE, `(${JSON.stringify({ name, files })})`);
    },
  };
}
