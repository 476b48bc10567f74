const KEY = "tidewheel.project";

export const lastProject = (): string | null => localStorage.getItem(KEY);
export const rememberProject = (id: string): void => localStorage.setItem(KEY, id);
