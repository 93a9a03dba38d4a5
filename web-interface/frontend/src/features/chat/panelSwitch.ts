/** Whether the panel is open: shared by the launcher, the page's own links and `window.Munbot`, which live outside React. */

export interface PanelState {
  open: boolean;
  /** A panel that opened by itself leaves the focus where the reader has it. */
  takeFocus: boolean;
}

export class PanelSwitch {
  private state: PanelState;
  private readonly listeners = new Set<() => void>();

  constructor(open: boolean) {
    this.state = { open, takeFocus: false };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getSnapshot = (): PanelState => this.state;

  open(): void {
    this.set(true);
  }

  close(): void {
    this.set(false);
  }

  toggle(): void {
    this.set(!this.state.open);
  }

  private set(open: boolean): void {
    if (open === this.state.open) return;
    this.state = { open, takeFocus: true };
    this.listeners.forEach((listener) => listener());
  }
}
