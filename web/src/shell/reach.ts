import { useEffect, useRef } from "react";

/** Calls `onReach` whenever the returned element comes near the window: for lists that go on. */
export function useReach<E extends Element>(onReach: () => void, active: boolean) {
  const end = useRef<E>(null);
  const call = useRef(onReach);
  useEffect(() => {
    call.current = onReach;
  }, [onReach]);
  useEffect(() => {
    if (!active || !end.current || !("IntersectionObserver" in window)) return;
    const watch = new IntersectionObserver(
      (seen) => seen.some((each) => each.isIntersecting) && call.current(),
      {
        rootMargin: "600px",
      },
    );
    watch.observe(end.current);
    return () => watch.disconnect();
  }, [active]);
  return end;
}
