import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const gateway = process.env.MUNBOT_DEV_GATEWAY ?? process.env.MUNBOT_DEV_PLATFORM ?? "http://127.0.0.1:8000";
const simulator = process.env.MUNBOT_DEV_SIMULATOR;
const platform = process.env.MUNBOT_DEV_PLATFORM ?? "http://127.0.0.1:8080";

/** The site's pages. The widget is a second build (vite.widget.config.ts): one classic script that any page can carry. */
export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": here("./src") } },
  build: {
    target: "es2022",
    outDir: process.env.MUNBOT_DIST ?? "dist",
    emptyOutDir: true,
    rollupOptions: { input: { index: here("./index.html"), panel: here("./panel.html"), "404": here("./404.html") } },
  },
  server: {
    proxy: {
      "/api/chat": gateway,
      "/socket.io": { target: gateway, ws: true },
      "/api": platform,
      "/simulator/api": simulator ?? platform,
      "/widget.js": platform,
    },
  },
  test: { environment: "happy-dom", include: ["tests/**/*.test.{ts,tsx}"] },
});
