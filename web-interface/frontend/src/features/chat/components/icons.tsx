/** Line icons on a grid of 24, drawn in the text's colour. The text beside them names the action. */
import type { ReactNode } from "react";

function Icon({ children, size = 24 }: { children: ReactNode; size?: number | undefined }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const ChatIcon = () => (
  <Icon size={28}>
    <path d="M20 11.5a7.5 7.5 0 0 1-7.5 7.5c-1 0-2-.2-2.9-.55L5 20l1.2-3.9A7.5 7.5 0 1 1 20 11.5Z" />
    <path d="M9.5 11.5h.01M12.5 11.5h.01M15.5 11.5h.01" strokeWidth="2.4" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon>
    <path d="M6 6l12 12M18 6 6 18" />
  </Icon>
);

export const SendIcon = () => (
  <Icon size={22}>
    <path d="M5 12h13M12.5 6l6 6-6 6" />
  </Icon>
);

export const TownHallIcon = () => (
  <Icon size={22}>
    <path d="M4 20h16M6 17v-6M10 17v-6M14 17v-6M18 17v-6M4 9l8-5 8 5Z" strokeWidth="1.8" />
  </Icon>
);

export const PersonIcon = () => (
  <Icon size={14}>
    <circle cx="12" cy="8" r="4" />
    <path d="M5 20c.8-3.6 3.6-5.5 7-5.5s6.200 1.900 7 5.500" />
  </Icon>
);

export const CheckIcon = () => (
  <Icon size={14}>
    <path d="M5 12.5l4.500 4.500L19 7.500" />
  </Icon>
);

export const ClockIcon = () => (
  <Icon size={14}>
    <circle cx="12" cy="12" r="8" />
    <path d="M12 8v4.500l2.500 1.500" />
  </Icon>
);

export const AlertIcon = () => (
  <Icon size={16}>
    <circle cx="12" cy="12" r="9" />
    <path d="M12 7.500v5.500M12 16.500h.01" />
  </Icon>
);

export const FileIcon = () => (
  <Icon size={22}>
    <path d="M12 4v11M7 10.500 12 15.500l5-5M5 20h14" />
  </Icon>
);

export const DownIcon = () => (
  <Icon size={16}>
    <path d="M12 5v13M6.500 12.500 12 18l5.500-5.500" />
  </Icon>
);

export const ThumbIcon = ({ down }: { down: boolean }) => (
  <Icon size={18}>
    <g transform={down ? "rotate(180 12 12)" : undefined}>
      <path d="M8 11v9M8 11l4-8c1.4 0 2.3 1.2 2 2.6L13.3 9H18c1.3 0 2.2 1.2 1.9 2.4l-1.6 7c-.2 1-1 1.6-2 1.6H8" />
      <path d="M8 11H4.5v9H8" />
    </g>
  </Icon>
);
