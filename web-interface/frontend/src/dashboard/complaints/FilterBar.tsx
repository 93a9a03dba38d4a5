import { useQuery } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useState } from "react";
import { useSearchParams } from "wouter";
import { useMe } from "../session/store";
import { Button } from "../ui/Button";
import { SelectField, TextField } from "../ui/Fields";
import { type Filters, isFiltered, NO_FILTERS, withFilters } from "./address";
import { categoriesQuery, OPEN, STATUSES, type Status, useAgents } from "./data";
import styles from "./List.module.css";
import { useComplaintsTexts } from "./texts";

const PAUSE_MS = 350;
const ALL_OPEN = "open";
const NARROW = "(max-width: 44rem)";

/** The list's filters. They live in the address; only what is being typed is kept here. */
export function FilterBar({ filters, withStatus }: { filters: Filters; withStatus: boolean }) {
  const t = useComplaintsTexts();
  const [, setParams] = useSearchParams();
  const categories = useQuery(categoriesQuery).data ?? [];
  const { choices } = useAgents();
  const me = useMe();
  const [isOpen, setOpen] = useState(() => !window.matchMedia(NARROW).matches);
  const set = (change: Partial<Filters>) =>
    setParams((before) => withFilters(before, { ...filters, ...change }), { replace: true });
  const units = [...new Set(categories.flatMap((area) => [area.unit, ...area.children.map((child) => child.unit)]))].sort();
  const status = filters.status.length > 1 ? ALL_OPEN : (filters.status[0] ?? "");

  return (
    <details className={styles.fold} open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{t("filters")}</summary>
      <search className={styles.filters} aria-label={t("filters")}>
        <div className={styles.search}>
          <SearchField value={filters.q} onSearch={(q) => set({ q })} />
        </div>
        {withStatus && (
          <SelectField
            label={t("status")}
            value={status}
            onChange={({ target }) => set({ status: target.value === ALL_OPEN ? [...OPEN] : target.value ? [target.value as Status] : [] })}
          >
            <option value="">{t("all_statuses")}</option>
            <option value={ALL_OPEN}>{t("open_statuses")}</option>
            {STATUSES.map((name) => (
              <option key={name} value={name}>
                {t(`status_${name}`)}
              </option>
            ))}
          </SelectField>
        )}
        <SelectField label={t("category")} value={filters.category} onChange={({ target }) => set({ category: target.value })}>
          <option value="">{t("all_categories")}</option>
          {categories.map((area) => (
            <optgroup key={area.code} label={area.name}>
              <option value={area.code}>{area.name}</option>
              {area.children.map((child) => (
                <option key={child.code} value={child.code}>
                  {child.name}
                </option>
              ))}
            </optgroup>
          ))}
        </SelectField>
        <SelectField label={t("unit")} value={filters.unit} onChange={({ target }) => set({ unit: target.value })}>
          <option value="">{t("all_units")}</option>
          {units.map((unit) => (
            <option key={unit}>{unit}</option>
          ))}
        </SelectField>
        <SelectField label={t("assignee")} value={filters.assignee} onChange={({ target }) => set({ assignee: target.value })}>
          <option value="">{t("all_assignees")}</option>
          <option value="none">{t("nobody")}</option>
          <option value={me.id}>{t("me")}</option>
          {choices
            .filter((agent) => agent.id !== me.id)
            .map((agent) => (
              <option key={agent.id} value={agent.id}>
                {agent.name}
              </option>
            ))}
        </SelectField>
        <TextField label={t("from")} type="date" value={filters.from} onChange={({ target }) => set({ from: target.value })} />
        <TextField label={t("to")} type="date" value={filters.to} onChange={({ target }) => set({ to: target.value })} />
        <SelectField
          label={t("order")}
          value={filters.sort || (filters.overdue ? "due" : "created")}
          onChange={({ target }) => set({ sort: target.value as Filters["sort"] })}
        >
          <option value="created">{t("order_created")}</option>
          <option value="due">{t("order_due")}</option>
        </SelectField>
        <label className={styles.check}>
          <input type="checkbox" checked={filters.overdue} onChange={({ target }) => set({ overdue: target.checked })} />
          {t("only_overdue")}
        </label>
        {isFiltered(filters) && <Button onClick={() => set(NO_FILTERS)}>{t("clear")}</Button>}
      </search>
    </details>
  );
}

/** What is typed is searched when the person pauses. */
function SearchField({ value, onSearch }: { value: string; onSearch: (text: string) => void }) {
  const t = useComplaintsTexts();
  const [text, setText] = useState(value);
  const search = useEffectEvent(() => {
    if (text.trim() !== value) onSearch(text.trim());
  });
  useEffect(() => {
    const timer = window.setTimeout(() => search(), PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [text]);
  return (
    <TextField
      label={t("search")}
      type="search"
      placeholder={t("search_hint")}
      maxLength={200}
      value={text}
      onChange={({ target }) => setText(target.value)}
    />
  );
}
