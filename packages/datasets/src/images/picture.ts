/** A picture: rows of pixels from the top, channels interleaved, 0..255. */
export interface Picture {
  width: number
  height: number
  /** 3: red, green, blue; 4: opacity as well. */
  channels: 3 | 4
  data: Uint8Array
}

/** What `encodePng` takes; 1 channel is grey. Values are rounded. */
export interface PictureLike {
  width: number
  height: number
  channels: 1 | 3 | 4
  data: ArrayLike<number>
}
