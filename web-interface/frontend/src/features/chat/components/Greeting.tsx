import { useChat } from "../context";
import { QuickReplies } from "./QuickReplies";
import { RichText } from "./RichText";

/** What the first buttons say to the assistant. Always in Spanish: that is the language it was taught. */
const STARTERS = [
  { label: "chat.start_book", says: "Pedir una hora" },
  { label: "chat.start_complaint", says: "Hacer un reclamo" },
  { label: "chat.start_change", says: "Ver o cambiar mi hora" },
  { label: "chat.start_follow", says: "Seguir un reclamo" },
] as const;

/** The first bubble: the office's own words, shown without asking the server, and ways to begin. */
export function Greeting({ starters, onSay }: { starters: boolean; onSay: (text: string) => void }) {
  const { t, tenant, locale } = useChat();
  const own = locale === "es-CL" ? tenant?.greeting : null;
  const text = own ?? t("chat.greeting", { name: tenant?.name ?? t("chat.greeting_name") });
  return (
    <>
      <div className="mb-group" data-from="bot">
        <p className="mb-hidden">{t("chat.from_bot")}:</p>
        <div className="mb-message">
          <div className="mb-bubble">
            <RichText text={text} />
          </div>
        </div>
      </div>
      {starters && (
        <QuickReplies
          label={t("chat.starters")}
          titles={STARTERS.map((starter) => t(starter.label))}
          onPress={(index) => {
            const starter = STARTERS[index];
            if (starter) onSay(starter.says);
          }}
        />
      )}
    </>
  );
}
