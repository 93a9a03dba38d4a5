/** Line icons of the staff's pages, drawn on a grid of 24. They decorate: words or labels say everything. */
const PATHS = {
  chat: "M4 5h16v11H10l-4 3.500V16H4zM8 9h8M8 12h5",
  calendar: "M5 6h14v14H5zM5 10.500h14M9 3.500V8M15 3.500V8",
  megaphone: "M4 10v4l11 5V5zM15 9.500a3 3 0 0 1 0 5M7 15.500l1.200 4.500h2.600l-1-3.300",
  book: "M5 4.500h10.500A2.500 2.500 0 0 1 18 7v13H7.500A2.500 2.500 0 0 1 5 17.500zM5 17.500A2.500 2.500 0 0 1 7.500 15H18M9 8.500h5",
  chart: "M4 20h16M7 20v-7M12 20V6M17 20v-10",
  pulse: "M3 12h4l2.500-6 4 12 2.500-6h5",
  gear: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.500v5M9 14.500v5",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6 6 18",
  back: "M19 12H5M11 6l-6 6 6 6",
  search: "M10.500 4a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13zM15.400 15.400 20 20",
  mail: "M4 6h16v12H4zM4 7l8 6 8-6",
  send: "M4 12 20 4l-5 16-3.500-6.500zM11.500 13.500 20 4",
  clip: "M19 11.500l-7.200 7.200a4.500 4.500 0 0 1-6.400-6.400l7.700-7.700a3 3 0 0 1 4.300 4.300l-7.400 7.400a1.500 1.500 0 0 1-2.100-2.100l6.600-6.600",
  note: "M5 4h14v11l-5 5H5zM14 20v-5h5M8.500 9h7M8.500 12.500h4",
  reply: "M10 6 4 12l6 6M4 12h9a7 7 0 0 1 7 7",
  person: "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4.500 20c.8-3.600 3.900-5.500 7.500-5.500s6.700 1.900 7.500 5.500",
  robot: "M5 9h14v10H5zM12 9V5M12 5h.01M9 13.500h.01M15 13.500h.01M9.500 16.500h5M2.500 12.500v3M21.500 12.500v3",
  clock: "M12 3.500a8.500 8.500 0 1 1 0 17 8.500 8.500 0 0 1 0-17zM12 7.500V12l3 2.200",
  check: "M5 12.500l4.500 4.500L19 7.500",
  checks: "M2.500 12.500 7 17l8.500-9.500M11 15.500l1.500 1.500L21 7.500",
  warning: "M12 4 2.800 20h18.400zM12 10v4.500M12 17.300h.01",
  phone: "M6 4h3.500l1.500 4.500-2 1.500a11 11 0 0 0 5 5l1.500-2 4.500 1.500V18a2 2 0 0 1-2 2A14.500 14.500 0 0 1 4 6a2 2 0 0 1 2-2z",
  globe: "M12 3.500a8.500 8.500 0 1 1 0 17 8.500 8.500 0 0 1 0-17zM3.500 12h17M12 3.500c5 5 5 12 0 17M12 3.500c-5 5-5 12 0 17",
  plus: "M12 5v14M5 12h14",
  edit: "M5 19l1-4L16 5l3 3L9 18zM14 7l3 3",
  trash: "M5 7h14M10 7V4.500h4V7M7 7l1 12.500h8L17 7",
  download: "M12 4v11M7 10.500l5 5 5-5M5 20h14",
  print: "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
  leave: "M14 4H5v16h9M10 12h11M17 8l4 4-4 4",
  key: "M8 12a4 4 0 1 1 0 .01zM12 12h9v3.500M17 12v3",
  pin: "M12 21c4-4.600 6.500-7.700 6.500-11a6.500 6.500 0 1 0-13 0c0 3.300 2.500 6.400 6.500 11zM12 7.800a2.300 2.300 0 1 1 0 4.600 2.300 2.300 0 0 1 0-4.600z",
  file: "M6 3.500h8l4 4v13H6zM14 3.500v4h4",
  chevron: "M6 9l6 6 6-6",
  refresh: "M19 8a8 8 0 1 0 1 6M19 3.500V8h-4.500",
  like: "M7 11v9H4v-9zM7 11l4-7c1.700 0 2.500 1 2.200 2.500L12.600 10H19l-1.500 10H7",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z",
} as const;

export type PanelIconName = keyof typeof PATHS;

export function PanelIcon({ name, size = "1.2em" }: { name: PanelIconName; size?: string }) {
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
