import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Suspense } from "react";
import { RouterProvider } from "react-router";
import { Problem } from "@/api";
import { useLanguage } from "@/shell/format";
import { ThemeProvider } from "@/ui";
import { router } from "./routes";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (times, error) =>
        times < 2 && error instanceof Problem && (error.status === 0 || error.status === 429),
      refetchOnWindowFocus: false,
    },
  },
});

export function App() {
  const language = useLanguage();
  return (
    <ThemeProvider language={language}>
      <QueryClientProvider client={queries}>
        <Suspense fallback={null}>
          <RouterProvider router={router} />
        </Suspense>
      </QueryClientProvider>
    </ThemeProvider>
  );
}
