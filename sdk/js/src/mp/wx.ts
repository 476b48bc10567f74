/** What is used of WeChat's `wx` and the globals of a mini program. */
export interface Wx {
  getStorageSync(name: string): unknown;
  setStorageSync(name: string, value: string): void;
  removeStorageSync(name: string): void;
  getStorageInfoSync(): { keys: string[] };
  request(asked: {
    url: string;
    method: "POST";
    data: string;
    header: Record<string, string>;
    success(reply: {
      statusCode: number;
      header?: Record<string, string>;
    }): void;
    fail(error: unknown): void;
  }): void;
  onNetworkStatusChange?(
    changed: (now: { isConnected: boolean }) => void,
  ): void;
  getAccountInfoSync?(): { miniProgram: { appId: string; version?: string } };
  getDeviceInfo?(): Device;
  getSystemInfoSync?(): Device;
}

export interface Device {
  platform?: string;
  system?: string;
  brand?: string;
  model?: string;
}

/** How a mini program or page was opened. */
export interface Opened {
  path?: string;
  query?: Record<string, string>;
  scene?: number | string;
}

/** An event of an element, as handlers get it. */
export interface Touch {
  type?: string;
  currentTarget?: { id?: string; dataset?: Record<string, unknown> };
  detail?: { x?: number; y?: number };
}

export interface Shared {
  title?: string;
  path?: string;
  query?: string;
  imageUrl?: string;
}

export interface PageInstance {
  route?: string;
  is?: string;
  createIntersectionObserver?(options: object): Observer;
  [name: string]: unknown;
}

export interface Observer {
  relativeToViewport(): Observer;
  observe(
    selector: string,
    seen: (entry: {
      id?: string;
      dataset?: Record<string, unknown>;
      intersectionRatio: number;
    }) => void,
  ): void;
  disconnect(): void;
}

export type Definition = Record<string, unknown>;
export type Register = (definition: Definition) => unknown;

/** The globals that begin a mini program, its pages and components. */
export interface Globals {
  wx: Wx;
  App: Register;
  Page: Register;
  Component: Register;
}
