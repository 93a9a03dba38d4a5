import texts from "../texts/es-CL.json";
import styles from "./LostFolio.module.css";

export function LostFolio() {
  return (
    <aside className={styles.lost} aria-labelledby="lost-title">
      <h2 id="lost-title">{texts.lost_title}</h2>
      <p>{texts.lost_text}</p>
      <div>
        <button className="button" data-look="quiet" type="button" data-munbot-open={texts.lost_message}>
          {texts.lost_ask}
        </button>
        <button className="button" data-look="quiet" type="button" data-munbot-open={texts.new_message}>
          {texts.new_ask}
        </button>
      </div>
    </aside>
  );
}
