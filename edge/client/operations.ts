// Generated from the API's OpenAPI description: UPDATE_CLIENT=1 npx vitest run edge/client

/** A body that is not JSON: float32 numbers row by row, a picture, or a form of pictures. */
export type Binary = Float32Array<ArrayBuffer> | Blob | FormData

export type ModelList = {
  models: ListedModel[]
}

export type ListedModel = {
  id: string
  available: boolean
  version?: string
  dataset?: string
  kind?: 'ae' | 'vae'
  latentDim?: number
  classes?: string[]
  /** The model’s pinned URL. */
  url?: string
  /** A version that answers a share of the requests, in percent. */
  canary?: {
    version: string
    share: number
  }
}

export type Problem = {
  /** The problem’s place in the documentation. */
  type: string
  title: string
  status: number
  code:
    | 'invalid-value'
    | 'invalid-body'
    | 'unknown-model'
    | 'unknown-version'
    | 'not-found'
    | 'method-not-allowed'
    | 'not-acceptable'
    | 'precondition-failed'
    | 'body-too-large'
    | 'too-large'
    | 'unsupported-media-type'
    | 'rate-limited'
    | 'client-gone'
    | 'internal'
    | 'busy'
    | 'model-unavailable'
  detail: string
  errors?: Fault[]
}

export type Fault = {
  in: 'path' | 'query' | 'header' | 'body'
  field: string
  expected: string
  got: string
}

export type Stops = {
  stops: Stop[]
}

export type Stop =
  | string
  | {
      seed: number
    }
  | {
      class: string | number
    }
  | {
      z: number[]
    }
  | {
      /** a picture in base64, or a list of numbers from 0 to 1, row by row. */
      image: string | number[]
    }

export type Latents = {
  z: number[][]
}

export type Images = {
  images: (string | number[])[]
}

/** The operations of a model, by name. */
export interface Operations {
  /** New images. */
  sample: {
    query: {
      /** How many images. Default 1. */
      n?: number
      /** Seed of the draw. Without one, one is drawn and stated in X-Seed. */
      seed?: number
      /** Multiple of the standard deviation drawn with; 0 gives the mean. Default 1. */
      temperature?: number
      /** A class, by name or index. */
      class?: string
      /** Screen pixels for one pixel of an image, by nearest neighbour. Default 1. */
      scale?: number
      /** Images in a row of a contact sheet. */
      columns?: number
      /** Swap black and white in the picture answered. Default false. */
      invert?: boolean
    }
    body?: undefined
    format: 'png' | 'json' | 'npy' | 'f32'
    json: {
      model: string
      version: string
      seed?: number
      /** Latents, D_z numbers each, exactly as float32. */
      z: number[][]
      /** Images, row by row, intensities from 0 to 1 to six decimals. */
      xhat: number[][]
      /** Height and width of an image. */
      shape: number[]
    }
  }
  /** From one image to another. */
  interpolate: {
    query: {
      /** The first stop: seed:…, class:… or z:…. */
      from?: string
      /** The last stop: seed:…, class:… or z:…. */
      to?: string
      /** Stops between them, separated by semicolons. */
      via?: string
      /** Images, both ends included. Default 10. */
      steps?: number
      /** Straight, or along the sphere around the prior’s mean. Default "lerp". */
      path?: 'lerp' | 'slerp'
      /** Milliseconds a frame is shown, in apng. Default 100. */
      delay?: number
      /** Screen pixels for one pixel of an image, by nearest neighbour. Default 1. */
      scale?: number
      /** Images in a row of a contact sheet. */
      columns?: number
      /** Swap black and white in the picture answered. Default false. */
      invert?: boolean
      /** Posted images have dark ink on light paper. Default false. */
      invertInput?: boolean
    }
    body?: Stops | Binary
    format: 'png' | 'apng' | 'json' | 'npy' | 'f32' | 'sse'
    json: {
      model: string
      version: string
      seed?: number
      /** Latents, D_z numbers each, exactly as float32. */
      z: number[][]
      /** Images, row by row, intensities from 0 to 1 to six decimals. */
      xhat: number[][]
      /** Height and width of an image. */
      shape: number[]
    }
  }
  /** A map of two latent dimensions. */
  grid: {
    query: {
      /** Images a side. Default 10. */
      size?: number
      /** Standard deviations of the prior. Default 2. */
      range?: number
      /** The dimensions across and upwards, counted from 0. Default "0,1". */
      dims?: string
      /** Where the other dimensions stay: seed:…, class:… or z:…; the prior’s mean by default. */
      at?: string
      /** Screen pixels for one pixel of an image, by nearest neighbour. Default 1. */
      scale?: number
      /** Swap black and white in the picture answered. Default false. */
      invert?: boolean
    }
    body?: undefined
    format: 'png' | 'json' | 'npy' | 'f32'
    json: {
      model: string
      version: string
      seed?: number
      /** Latents, D_z numbers each, exactly as float32. */
      z: number[][]
      /** Images, row by row, intensities from 0 to 1 to six decimals. */
      xhat: number[][]
      /** Height and width of an image. */
      shape: number[]
    }
  }
  /** Images from latents. */
  decode: {
    query: {
      /** Points, D_z numbers each. */
      z?: string
      /** Screen pixels for one pixel of an image, by nearest neighbour. Default 1. */
      scale?: number
      /** Images in a row of a contact sheet. */
      columns?: number
      /** Swap black and white in the picture answered. Default false. */
      invert?: boolean
    }
    body?: Latents | Binary
    format: 'png' | 'json' | 'npy' | 'f32'
    json: {
      model: string
      version: string
      seed?: number
      /** Latents, D_z numbers each, exactly as float32. */
      z: number[][]
      /** Images, row by row, intensities from 0 to 1 to six decimals. */
      xhat: number[][]
      /** Height and width of an image. */
      shape: number[]
    }
  }
  /** Images through the model and back. */
  reconstruct: {
    query: {
      /** Decode the posterior’s mean, or a draw from it. Default "mu". */
      latent?: 'mu' | 'sampled'
      /** Seed of the draw. Without one, one is drawn and stated in X-Seed. */
      seed?: number
      /** Show each row of originals above its reconstructions. Default false. */
      compare?: boolean
      /** Posted images have dark ink on light paper. Default false. */
      invertInput?: boolean
      /** Screen pixels for one pixel of an image, by nearest neighbour. Default 1. */
      scale?: number
      /** Images in a row of a contact sheet. */
      columns?: number
      /** Swap black and white in the picture answered. Default false. */
      invert?: boolean
    }
    body: Images | Binary
    format: 'png' | 'json' | 'npy' | 'f32'
    json: {
      model: string
      version: string
      seed?: number
      latent: 'mu' | 'sampled'
      /** Height and width of an image. */
      shape: number[]
      images: {
        /** Of a VAE: the posterior’s mean, [D_z]. */
        mu?: number[]
        /** Of a VAE: the logarithm of its variance, [D_z]. */
        logvar?: number[]
        /** The latent that was decoded, [D_z]. */
        z: number[]
        /** Nats, mean over pixels. */
        bce: number
        /** Squared intensity, mean over pixels. */
        mse: number
        /** Intensity, mean over pixels. */
        l1: number
        /** Of a VAE: nats an image, against the prior. */
        kl?: number
        /** The reconstruction, row by row, to six decimals. */
        xhat: number[]
      }[]
    }
  }
  /** Latents from images. */
  encode: {
    query: {
      /** Posted images have dark ink on light paper. Default false. */
      invertInput?: boolean
    }
    body: Images | Binary
    format: 'json' | 'npy' | 'f32'
    json: {
      model: string
      version: string
      seed?: number
      /** Of a VAE: the posterior’s mean, [n, D_z]. */
      mu?: number[][]
      /** Of a VAE: the logarithm of its variance, [n, D_z]. */
      logvar?: number[][]
      /** Of an AE: the latent, [n, D_z]. */
      z?: number[][]
    }
  }
  /** The encoded test set. */
  latents: {
    query: {
      /** Only the first images of the set (not in safetensors). */
      limit?: number
    }
    body?: undefined
    format: 'json' | 'npy' | 'f32' | 'safetensors'
    json: {
      model: string
      version: string
      seed?: number
      split: 'test'
      images: number
      /** Names of the labels, in order. */
      classes: string[]
      /** [images, D_z]. */
      mu: number[][]
      /** [images]; absent for data without labels. */
      label?: number[]
    }
  }
}
