import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** widget.js: one self-contained classic script, its name without a hash because other people's pages name it. */
export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": here("./src") } },
  publicDir: false,
  define: { "process.env.NODE_ENV": JSON.stringify("production") },
  build: {
    target: "es2020",
    outDir: process.env.MUNBOT_DIST ?? "dist",
    emptyOutDir: false,
    lib: {
      entry: here("./src/features/chat/mount.tsx"),
      formats: ["iife"],
      name: "MunbotWidget",
      fileName: () => "widget.js",
    },
  },
});
