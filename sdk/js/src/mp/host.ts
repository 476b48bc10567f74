import type { Host } from "../core/types";
import type { Device, Wx } from "./wx";

const SYSTEMS: Record<string, string> = {
  ios: "iOS",
  android: "Android",
  windows: "Windows",
  mac: "macOS",
  ohos: "HarmonyOS",
};

/** Storage, network and surroundings of a mini program. */
export function miniProgram(wx: Wx): Host {
  const memory: Record<string, string> = {};
  let device: Device = {};
  try {
    device = (wx.getDeviceInfo || wx.getSystemInfoSync || (() => ({})))();
  } catch {
    // Then it is not said.
  }
  const about = {
    platform: "mini_program",
    os:
      SYSTEMS[(device.platform || "").toLowerCase()] ||
      (device.system || "").split(" ")[0] ||
      undefined,
    os_version: (device.system || "").split(" ")[1],
    device_brand: device.brand,
    device_model: device.model,
    app_id: wx.getAccountInfoSync?.().miniProgram.appId,
  };
  return {
    read(name) {
      try {
        const kept = wx.getStorageSync(name);
        if (typeof kept === "string" && kept) return kept;
      } catch {
        // What storage does not give, memory may.
      }
      return memory[name] ?? null;
    },
    write(name, text) {
      delete memory[name];
      try {
        if (text === null) wx.removeStorageSync(name);
        else wx.setStorageSync(name, text);
      } catch {
        if (text !== null) memory[name] = text;
      }
    },
    names() {
      try {
        return Object.keys(memory).concat(wx.getStorageInfoSync().keys);
      } catch {
        return Object.keys(memory);
      }
    },
    post: (url, body) =>
      new Promise((answered, failed) => {
        wx.request({
          url,
          method: "POST",
          data: body,
          header: { "content-type": "application/json" },
          success({ statusCode, header }) {
            const wait =
              header && (header["Retry-After"] || header["retry-after"]);
            answered({ status: statusCode, retryAfter: Number(wait) || 0 });
          },
          fail: failed,
        });
      }),
    about: () => about,
  };
}
