/** Is notified when a tenant changes. */
export interface Watcher {
  /** Is called after changes. */
  changed(): void;
  /** Is called when the emulator is closed. No change follows. */
  ended(): void;
}

/** How long changes are collected before watchers are notified, in milliseconds. */
const NOTIFY_DELAY = 80;

/** Notifies watchers of every change of a tenant: of its state, requests, faults and deliveries. */
export class Changes {
  readonly #watchers = new Set<Watcher>();
  #timer: NodeJS.Timeout | undefined;
  #isEnded = false;

  /** The number of watchers. */
  get watchers(): number {
    return this.#watchers.size;
  }

  /** Reports a change. Several changes in a row notify the watchers once. */
  notify(): void {
    if (this.#watchers.size === 0 || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const watcher of [...this.#watchers]) watcher.changed();
    }, NOTIFY_DELAY);
    this.#timer.unref();
  }

  /** Adds a watcher. @returns A function that removes the watcher. */
  watch(watcher: Watcher): () => void {
    if (this.#isEnded) watcher.ended();
    else this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  /** Notifies all watchers of the end and removes them. Later watchers are notified of the end at once. */
  end(): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    for (const watcher of [...this.#watchers]) watcher.ended();
    this.#watchers.clear();
  }
}
