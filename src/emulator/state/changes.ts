/** Somebody who wants to know when a tenant changes. */
export interface Watcher {
  /** Something has changed since the last time. */
  changed(): void;
  /** The emulator was closed, and nothing will change any more. */
  ended(): void;
}

/** How long changes are gathered before they are told, in milliseconds. */
const PAUSE = 80;

/** Tells those who watch a tenant that something about it has changed: what it holds, its requests, faults or deliveries. */
export class Changes {
  readonly #watchers = new Set<Watcher>();
  #timer: NodeJS.Timeout | undefined;
  #isEnded = false;

  /** How many watch. */
  get watchers(): number {
    return this.#watchers.size;
  }

  /** Something has changed. Several changes in a row are told once, and without watchers this does nothing. */
  notify(): void {
    if (this.#watchers.size === 0 || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const watcher of [...this.#watchers]) watcher.changed();
    }, PAUSE);
    this.#timer.unref();
  }

  /** Tells somebody of every change from now on. @returns What ends that. */
  watch(watcher: Watcher): () => void {
    if (this.#isEnded) watcher.ended();
    else this.#watchers.add(watcher);
    return () => {
      this.#watchers.delete(watcher);
    };
  }

  /** Ends all watching, now and from now on. */
  end(): void {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    for (const watcher of [...this.#watchers]) watcher.ended();
    this.#watchers.clear();
  }
}
