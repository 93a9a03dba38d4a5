import "@fontsource-variable/bricolage-grotesque/index.css";
import "@fontsource-variable/public-sans/index.css";
import "@/app/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import DashboardApp from "./DashboardApp";
import { getSession } from "./session/store";
import { preloadPage } from "./shell/routes";

async function start() {
  if (getSession()) await preloadPage(window.location.pathname);
  createRoot(document.getElementById("root")!).render(
    <StrictMode>
      <DashboardApp />
    </StrictMode>,
  );
}

void start();
