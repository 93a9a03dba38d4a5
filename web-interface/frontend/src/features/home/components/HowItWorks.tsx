import texts from "../texts/es-CL.json";
import styles from "./HowItWorks.module.css";

export function HowItWorks() {
  return (
    <section id="como-funciona" tabIndex={-1} className={styles.band} aria-labelledby="como-funciona-title">
      <div className="page-width">
        <h2 id="como-funciona-title">{texts.how_title}</h2>
        <ol className={styles.steps}>
          {texts.how.map(({ title, text }, index) => (
            <li key={title}>
              <span aria-hidden="true" className={styles.number}>
                {index + 1}
              </span>
              <h3>{title}</h3>
              <p>{text}</p>
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}
