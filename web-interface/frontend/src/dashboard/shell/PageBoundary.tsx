import { Component, type ReactNode } from "react";
import { Button } from "../ui/Button";
import { EmptyState } from "../ui/States";
import { useShellTexts } from "./texts";

function Broken() {
  const t = useShellTexts();
  return (
    <EmptyState icon="warning" title={t("crash_title")}>
      <p>{t("crash_text")}</p>
      <Button onClick={() => window.location.reload()}>{t("reload")}</Button>
    </EmptyState>
  );
}

/** A page that fails (or whose code is away after an update) leaves the frame standing. */
export class PageBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <Broken /> : this.props.children;
  }
}
