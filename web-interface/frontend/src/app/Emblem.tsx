import { sceneOf } from "@/features/home/components/scenes";

/** The office's coat of arms; its colours are the office's. */
export function Emblem({ tenant }: { tenant: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 48 56" style={{ flex: "none", width: "2.5rem", height: "2.9rem" }}>
      <path d="M3 3h42v27c0 12-9 19-21 23C12 49 3 42 3 30Z" fill="var(--brand)" />
      {sceneOf(tenant) === "strait" ? <Strait /> : <Valley />}
      <path d="M3 3h42v27c0 12-9 19-21 23C12 49 3 42 3 30Z" fill="none" stroke="var(--accent)" strokeWidth="2.5" />
    </svg>
  );
}

function Valley() {
  return (
    <>
      <circle cx="33" cy="13" r="4.5" fill="var(--accent)" />
      <path d="M5 33 17 16l6 8 5-6 15 15Z" fill="#fff" />
      <path d="M4 33h40c-1 8-8 14-20 18C12 47 5 41 4 33Z" fill="var(--accent)" opacity=".35" />
      <path d="M26 33c4 3-5 5-2 9 1.5 2 3 4 1 8" fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" />
    </>
  );
}

function Strait() {
  return (
    <>
      <path d="M21.5 14h5l1.5 18h-8Z" fill="#fff" />
      <path d="M21 19.500h6.200M20.5 25.500h7.2" stroke="var(--brand)" strokeWidth="2.6" />
      <path d="M20.5 9.500h7V14h-7Z" fill="var(--accent)" stroke="#fff" strokeWidth="1.2" />
      <path d="M31 11.500l8-2.500M31 12.800l8 2.2" stroke="#fff" strokeWidth="1.6" strokeLinecap="round" />
      <path
        d="M6 36c4-3.5 8-3.5 12 0s8 3.5 12 0 8-3.5 12 0M10 43c3-2.5 6-2.5 9.5 0s6.5 2.5 9.5 0 6-2.5 9.5 0"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
    </>
  );
}
