import { type ComponentType, lazy, useState } from "react";

export type Preloadable = ComponentType & { preload: () => Promise<void> };

/** A component whose code is fetched when it is first shown, or by `preload` before that: then it is shown at once.
 *
 * React keeps a fallback for at least 300 ms, and only then asks what the page asks. Who opens a page by its address
 * need not see one.
 */
export function preloadable(load: () => Promise<{ default: ComponentType }>): Preloadable {
  let ready: ComponentType | undefined;
  const Later = lazy(load);
  function Chosen() {
    const [Page] = useState(() => ready ?? Later); // never another while it is shown
    return <Page />;
  }
  return Object.assign(Chosen, {
    async preload() {
      ready = (await load()).default;
    },
  });
}
