// @ts-check
// Makes JPEGs away from the page's own thread: in a VideoFrame or ImageBitmap, out the bytes.

/** @type {OffscreenCanvas|null} */
let canvas = null;

/** @param {MessageEvent<{frame: VideoFrame|ImageBitmap, longest: number, quality: number, ticket: number}>} event */
self.onmessage = async ({ data: { frame, longest, quality, ticket } }) => {
  try {
    const wide = "displayWidth" in frame ? frame.displayWidth : frame.width;
    const tall = "displayHeight" in frame ? frame.displayHeight : frame.height;
    const scale = Math.min(1, longest / Math.max(wide, tall));
    const [width, height] = [Math.round(wide * scale), Math.round(tall * scale)];
    if (!canvas || canvas.width !== width || canvas.height !== height) canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    if (!context) throw new Error("this browser cannot draw into pictures away from the page");
    context.drawImage(frame, 0, 0, width, height);
    frame.close();
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
    const bytes = await blob.arrayBuffer();
    self.postMessage({ ticket, bytes, width, height }, { transfer: [bytes] });
  } catch (error) {
    frame.close();
    self.postMessage({ ticket, error: error instanceof Error ? error.message : String(error) });
  }
};
