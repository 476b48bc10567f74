import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { initText } from "@/text";
import { App } from "./App";
import "@/ui/base.css";

// After an upgrade an open page asks for parts that are gone; the new page has its own.
window.addEventListener("vite:preloadError", () => location.reload());

await initText();
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
