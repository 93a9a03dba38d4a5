interface QuickRepliesProps {
  label: string;
  titles: string[];
  /** What the citizen answered; the rest can no longer be pressed. */
  chosen?: string | null;
  disabled?: boolean;
  onPress: (index: number) => void;
}

/** Answers to press under a message. */
export function QuickReplies({ label, titles, chosen = null, disabled = false, onPress }: QuickRepliesProps) {
  return (
    <div className="mb-replies" role="group" aria-label={label}>
      {titles.map((title, index) => (
        <button
          key={index}
          type="button"
          className="mb-reply"
          disabled={disabled}
          data-chosen={chosen === title || undefined}
          onClick={() => onPress(index)}
        >
          {title}
        </button>
      ))}
    </div>
  );
}
