import { createContext } from "react";
import type { Note } from "@/api";

/** Whose notes charts show, what their times are called, and what becomes of a mark that is pressed. */
export interface Notes {
  project: string;
  when: (note: Note) => string;
  show: (notes: Note[]) => void;
}
export const NotesContext = createContext<Notes | null>(null);
