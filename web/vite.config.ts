import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { shellList } from "./shell_list.ts";

const BASE = "/static/";
const PAGE = "terminal.html";
const WORKER = "terminal-sw.js";

export default defineConfig({
  base: BASE,
  plugins: [react(), shellList(BASE, WORKER, PAGE, ["terminal.webmanifest", "terminal-192.png"])],
  build: {
    outDir: "../magazie/http/static",
    emptyOutDir: true,
    assetsDir: "",
    // the pages' policy allows files of the service only
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    chunkSizeWarningLimit: 700,
    rollupOptions: {
      input: { terminal: PAGE, "terminal-sw": "src/service_worker.ts" },
      output: {
        entryFileNames: ({ name }) => (name === "terminal-sw" ? WORKER : "[name]-[hash].js"),
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name]-[hash][extname]",
      },
    },
  },
  server: {
    proxy: {
      "^/(api|login|logout|media|ws)": { target: "http://127.0.0.1:8080", ws: true },
    },
  },
});
