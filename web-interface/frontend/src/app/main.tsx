import { createRoot } from "react-dom/client";

function App() {
  return (
    <main>
      <h1>¿En qué le ayudamos?</h1>
      <button type="button" data-munbot-open="Quiero pedir una hora">
        Pedir hora
      </button>
    </main>
  );
}

const tenant = /^\/t\/([a-z0-9-]+)/.exec(location.pathname)?.[1] ?? "valle-claro";
const script = document.createElement("script");
script.src = "/widget.js";
script.dataset.tenant = tenant;
script.async = true;
document.head.append(script);

createRoot(document.getElementById("root")!).render(<App />);
