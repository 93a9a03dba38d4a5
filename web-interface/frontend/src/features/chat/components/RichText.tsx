import { Fragment } from "react";
import { useChat } from "../context";
import { blocks, type Inline } from "../format/richText";

function Line({ parts }: { parts: Inline[] }) {
  const { t } = useChat();
  return parts.map((part, index) =>
    part.kind === "link" ? (
      <a key={index} href={part.href} target="_blank" rel="noopener noreferrer">
        {part.text}
        <span className="mb-hidden"> {t("chat.opens_new_tab")}</span>
      </a>
    ) : (
      <Fragment key={index}>{part.text}</Fragment>
    ),
  );
}

/** Draw a message's text: paragraphs, lists and safe links. */
export function RichText({ text }: { text: string }) {
  return blocks(text).map((block, index) => {
    if (block.kind === "paragraph") {
      return (
        <p key={index}>
          {block.lines.map((line, number) => (
            <Fragment key={number}>
              {number > 0 && <br />}
              <Line parts={line} />
            </Fragment>
          ))}
        </p>
      );
    }
    const items = block.items.map((item, number) => (
      <li key={number}>
        <Line parts={item} />
      </li>
    ));
    return block.ordered ? (
      <ol key={index} start={block.start}>
        {items}
      </ol>
    ) : (
      <ul key={index}>{items}</ul>
    );
  });
}
