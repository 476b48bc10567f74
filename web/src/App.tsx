import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Suspense } from "react";
import { RouterProvider } from "react-router";
import { Problem } from "@/api";
import { useLanguage } from "@/shell/format";
import { ThemeProvider } from "@/ui";
import { router } from "./routes";

// A request that finds the session gone leads to sign-in, and from there back to the page.
const onError = (error: Error) => {
  if (error instanceof Problem && error.code === "not_signed_in")
    location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
};
const queries = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
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
