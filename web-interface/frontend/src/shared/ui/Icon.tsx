/** Line icons of the site, drawn on a grid of 24. They decorate: the words beside them say everything. */
const PATHS = {
  calendar: "M5 6h14v14H5zM5 10.5h14M9 3.5V8M15 3.5V8M9 14.5l2 2 4-4",
  megaphone: "M4 10v4l11 5V5zM15 9.5a3 3 0 0 1 0 5M7 15.5l1.2 4.5h2.6l-1-3.3M19 8a6.4 6.4 0 0 1 0 8",
  track: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.4 15.4 20 20M8 10.5l2 2 3.2-3.6",
  swap: "M4 9h13l-3.5-3.5M20 15H7l3.5 3.5",
  list: "M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01",
  arrow: "M5 12h14M13 6l6 6-6 6",
  search: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.4 15.4 20 20",
  close: "M6 6l12 12M18 6 6 18",
  clock: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5V12l3 2.2",
  coin: "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM14.8 9c-.5-1-1.5-1.5-2.8-1.5-1.6 0-2.8.8-2.8 2.2 0 3 5.6 1.5 5.6 4.5 0 1.4-1.2 2.3-2.8 2.3-1.4 0-2.5-.6-3-1.700M12 6v12",
  pin: "M12 21c4-4.6 6.5-7.7 6.5-11a6.5 6.5 0 1 0-13 0c0 3.3 2.5 6.4 6.5 11zM12 7.800a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.600z",
  phone: "M6 4h3.500l1.5 4.5-2 1.500a11 11 0 0 0 5 5l1.5-2 4.5 1.500V18a2 2 0 0 1-2 2A14.5 14.5 0 0 1 4 6a2 2 0 0 1 2-2z",
  mail: "M4 6h16v12H4zM4 7l8 6 8-6",
  chevron: "M6 9l6 6 6-6",
  menu: "M4 7h16M4 12h16M4 17h16",
  warning: "M12 4 2.8 20h18.400zM12 10v4.500M12 17.300h.01",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = "1.25em" }: { name: IconName; size?: string }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 24 24"
      style={{ width: size, height: size, flex: "none" }}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
