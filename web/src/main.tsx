import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { initText } from "@/text";
import { App } from "./App";
import "@/ui/base.css";

await initText();
createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
