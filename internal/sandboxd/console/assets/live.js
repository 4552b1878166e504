// @ts-check
// Loads what is seen again when it has changed: never twice at the same time, at most four
// times a second, and more seldom where a load takes long.

/** @import {View} from './types.js' */

const PAUSE = 250

/** The loads of one view. */
export class Live {
  #controller = new AbortController()
  #wanted = false
  #loading = false
  #pause = 0
  #failed

  /**
   * @param {View} view
   * @param {(error: unknown) => void} failed told of a load that failed; null after one that did not
   */
  constructor(view, failed) {
    this.view = view
    this.#failed = failed
    document.addEventListener('visibilitychange', () => void this.#run(), { signal: this.#controller.signal })
  }

  /** Loads soon, since something has happened. */
  refresh() {
    this.#wanted = true
    if (this.#pause === 0) void this.#run()
  }

  /** Loads without a pause, since somebody waits for it. Resolves when it is over. */
  load() {
    this.#wanted = true
    return this.#run()
  }

  close() {
    this.#controller.abort()
    clearTimeout(this.#pause)
    this.view.close?.()
  }

  async #run() {
    const { signal } = this.#controller
    if (this.#loading || !this.#wanted || signal.aborted) return
    if (document.hidden && this.view.element.isConnected) return
    this.#loading = true
    this.#wanted = false
    clearTimeout(this.#pause)
    const begin = performance.now()
    try {
      await this.view.load(signal)
      if (!signal.aborted) this.#failed(null)
    } catch (error) {
      if (!signal.aborted) this.#failed(error)
    }
    this.#loading = false
    this.#pause = setTimeout(() => {
      this.#pause = 0
      void this.#run()
    }, Math.max(PAUSE, 2 * (performance.now() - begin)))
  }
}
