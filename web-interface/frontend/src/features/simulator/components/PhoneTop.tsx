import { useState } from "react";
import { fill } from "@/shared/ui/text";
import type { Account } from "../api/schemas";
import { putPhone } from "../api/simulator";
import { readable, type SavedPhone } from "../phones";
import texts from "../texts/es-CL.json";
import { SimIcon } from "./icons";
import styles from "./Phone.module.css";

type Props = {
  phone: SavedPhone;
  accounts: Account[];
  isTyping: boolean;
  onChange: (phone: SavedPhone) => void;
  onRemove: () => void;
};

/** Whose telephone it is, and which office it writes to. */
export function PhoneTop({ phone, accounts, isTyping, onChange, onRemove }: Props) {
  const office = accounts.find((account) => account.slug === phone.account);
  return (
    <>
      <div className={styles.owner}>
        <OwnerName key={phone.name} phone={phone} onChange={onChange} />
        <button type="button" aria-label={fill(texts.remove_phone, { name: phone.name })} onClick={onRemove}>
          <SimIcon name="trash" size="1.125rem" />
        </button>
      </div>
      <div className={styles.top}>
        <span className={styles.avatar} aria-hidden="true">
          {initials(office?.name ?? phone.account)}
        </span>
        <div>
          <select
            aria-label={fill(texts.office, { name: phone.name })}
            value={phone.account}
            onChange={(event) => onChange({ ...phone, account: event.target.value })}
          >
            {accounts.map((account) => (
              <option key={account.slug} value={account.slug}>
                {account.name}
              </option>
            ))}
          </select>
          <p aria-live="polite">{isTyping ? texts.typing : office && readable(office.phone)}</p>
        </div>
      </div>
    </>
  );
}

function OwnerName({ phone, onChange }: Pick<Props, "phone" | "onChange">) {
  const [name, setName] = useState(phone.name);
  function keep() {
    const clean = name.trim();
    if (!clean || clean === phone.name) {
      setName(phone.name);
      return;
    }
    void putPhone(phone.number, clean).catch(() => undefined);
    onChange({ ...phone, name: clean });
  }
  return (
    <input
      type="text"
      maxLength={60}
      aria-label={texts.owner_name}
      value={name}
      onChange={(event) => setName(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
    />
  );
}

/** "Municipalidad de Valle Claro" is VC. */
function initials(name: string): string {
  return name
    .replace(/^Municipalidad de /, "")
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word[0]?.toUpperCase())
    .join("");
}
