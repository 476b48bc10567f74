/** The product's sign: a wheel half under water. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.4"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <circle cx="16" cy="16" r="12.5" />
      <path d="M4 17.500c3-3.200 6-3.200 9 0s6 3.200 9 0 4.500-3 6-1.800" />
      <path d="M16 3.500v6M7.200 7.200l4 4.200M24.800 7.200l-4 4.200" strokeWidth="1.8" />
    </svg>
  );
}
