interface QuickRepliesProps {
  label: string;
  titles: string[];
  onPress: (index: number) => void;
}

/** Answers to press under the last message. They go once one is pressed: it then stands as the citizen's message. */
export function QuickReplies({ label, titles, onPress }: QuickRepliesProps) {
  return (
    <div className="mb-replies" role="group" aria-label={label}>
      {titles.map((title, index) => (
        <button key={index} type="button" className="mb-reply" onClick={() => onPress(index)}>
          {title}
        </button>
      ))}
    </div>
  );
}
