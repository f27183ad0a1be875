// Generated from the API's OpenAPI description: UPDATE_CLIENT=1 npx vitest run edge/client

/** A body that is not JSON: float32 numbers row by row, a picture, or a form of pictures. */
export type Binary = Float32Array<ArrayBuffer> | Blob | FormData

/** The models of the server. */
export type ModelList = {
  /** The model that the id `default` stands for. */
  default?: string
  models: ListedModel[]
}

/** A model of the server. */
export type ListedModel = {
  id: string
  available: boolean
  version?: string
  dataset?: string
  kind?: 'ae' | 'vae'
  latentDim?: number
  /** Whether it decodes a latent with a class. */
  conditional?: boolean
  classes?: string[]
  /** The model’s pinned URL. */
  url?: string
  /** A version that answers a share of the requests, in percent. */
  canary?: {
    version: string
    share: number
  }
}

/** The body of an error (RFC 9457). */
export type Problem = {
  /** The problem’s place in the documentation. */
  type: string
  title: string
  status: number
  code:
    | 'invalid-value'
    | 'invalid-body'
    | 'unauthorized'
    | 'unknown-model'
    | 'unknown-version'
    | 'not-found'
    | 'method-not-allowed'
    | 'not-acceptable'
    | 'precondition-failed'
    | 'body-too-large'
    | 'answer-too-large'
    | 'too-large'
    | 'unsupported-media-type'
    | 'rate-limited'
    | 'client-gone'
    | 'internal'
    | 'busy'
    | 'shutting-down'
    | 'model-unavailable'
  detail: string
  errors?: FieldError[]
}

/** One wrong value of a request. */
export type FieldError = {
  in: 'path' | 'query' | 'header' | 'body'
  field: string
  expected: string
  got: string
}

/** Images to encode. */
export type Images = {
  images: (string | number[])[]
}

/** The points of a path, in order. */
export type Stops = {
  stops: Stop[]
}

/** A point that a path passes. */
export type Stop =
  | string
  | {
      seed: number
    }
  | {
      class: string | number
      style?:
        | {
            seed: number
          }
        | {
            eps: number[]
          }
        | {
            z: number[]
          }
    }
  | {
      y: number[]
      style:
        | {
            seed: number
          }
        | {
            eps: number[]
          }
        | {
            z: number[]
          }
    }
  | {
      z: number[]
    }
  | {
      /** a picture in base64, or a list of numbers from 0 to 1, row by row. */
      image: string | number[]
    }

/** Points of the latent space to decode. */
export type Latents = {
  z: number[][]
  y?: number[][]
}

/** An oEmbed reply of the type rich (oembed.com). */
export type Oembed = {
  version: '1.0'
  type: 'rich' | 'link'
  title: string
  provider_name: string
  provider_url: string
  cache_age: number
  html?: string
  width?: number
  height?: number
  thumbnail_url?: string
  thumbnail_width?: number
  thumbnail_height?: number
}

/** The server runs. */
export type Alive = {
  status: 'ok'
}

/** Whether the server can answer, and what keeps it from answering. */
export type Ready = {
  status: 'ready'
  model: string
  /** Of a Worker: whether ONNX Runtime was started before the first request or during one. */
  runtimeStart?: 'global scope' | 'request'
  /** What should work and does not: models, versions, the start of the runtime. */
  incidents?: {
    name: string
    reason: string
  }[]
}

/** The operations of a model, by name. */
export interface Operations {
  /** New images. */
  sample: {
    query: {
      /** How many images. Default 1. */
      n?: number
      /** Seed of the draw. If absent, one is drawn and stated in X-Seed. */
      seed?: number
      /** Factor of the standard deviation; 0 gives the mean. Default 1. */
      temperature?: number
      /** A class, by name or index. */
      class?: string
      /** The distribution that latents are drawn from. By default the density, if the card has one. `prior` together with a class needs a conditional model. */
      from?: 'density' | 'prior'
      /** Screen pixels for one pixel of an image, by nearest neighbour. Default 1. */
      scale?: number
      /** Images in a row of a contact sheet. */
      columns?: number
      /** Swap black and white in the returned picture. Default false. */
      invert?: boolean
      /** Width and height of the whole picture: the images are in its middle, and the rest has their background. */
      frame?: string
    }
    body?: undefined
    format: 'png' | 'json' | 'npy' | 'f32'
    json: {
      model: string
      version: string
      seed?: number
      /** Latents, D_z numbers each, exactly as float32. */
      z: number[][]
      /** Conditional models only: a share for each class; they sum to 1. */
      y?: number[][]
      /** Images, row by row, intensities from 0 to 1 to six decimals. */
      xhat: number[][]
      /** Height and width of an image. */
      shape: number[]
    }
  }
  /** A text in one handwriting. */
  write: {
    query: {
      /** Characters that are classes of the model; spaces and hyphens are gaps. */
      text?: string
      /** Seed of the draw. If absent, one is drawn and stated in X-Seed. */
      seed?: number
      /** The handwriting, instead of a seed: seed:…; or eps:… with D_z numbers, the position in standard deviations within the Gaussian of each class; or, for a conditional model, z:…, the latent of every character. */
      style?: string
      /** How far a seed’s handwriting is from the mean, in standard deviations. Default 0.6. */
      temperature?: number
      /** Milliseconds a character takes, in apng. Default 250. */
      delay?: number
      /** Screen pixels for one pixel of an image, by nearest neighbour. Default 1. */
      scale?: number
      /** Swap black and white in the returned picture. Default false. */
      invert?: boolean
      /** Width and height of the whole picture: the images are in its middle, and the rest has their background. */
      frame?: string
      /** The class that a posted image shows; by default the likeliest. */
      class?: string
      /** Posted images have black and white swapped: dark ink on light paper, for a model of light ink on black. Default false. */
      invertInput?: boolean
    }
    body?: Images | Binary
    format: 'png' | 'apng' | 'json' | 'npy' | 'f32'
    json: {
      model: string
      version: string
      seed?: number
      text: string
      characters: {
        character: string
        class: string
        /** Pixels from the left edge of the line. */
        left: number
      }[]
      /** The latent of each character, exactly as float32. */
      z: number[][]
      /** Conditional models only: a share for each class. */
      y?: number[][]
      /** The image of each character, row by row, to six decimals. */
      xhat: number[][]
      /** Height and width of an image. */
      shape: number[]
    }
  }
  /** From one image to another. */
  interpolate: {
    query: {
      /** The first stop: seed:…, class:…, z:…, or a class in a style, class:3@seed:5. */
      from?: string
      /** The last stop: seed:…, class:…, z:…, or a class in a style, class:3@seed:5. */
      to?: string
      /** Stops between them, separated by semicolons. */
      via?: string
      /** Images, both ends included. Default 10. */
      steps?: number
      /** lerp: a straight line; slerp: an arc around the prior’s mean. Default "lerp". */
      path?: 'lerp' | 'slerp'
      /** Milliseconds a frame is shown, in apng. Default 100. */
      delay?: number
      /** Screen pixels for one pixel of an image, by nearest neighbour. Default 1. */
      scale?: number
      /** Images in a row of a contact sheet. */
      columns?: number
      /** Swap black and white in the returned picture. Default false. */
      invert?: boolean
      /** Width and height of the whole picture: the images are in its middle, and the rest has their background. */
      frame?: string
      /** Posted images have black and white swapped: dark ink on light paper, for a model of light ink on black. Default false. */
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
      /** Conditional models only: a share for each class; they sum to 1. */
      y?: number[][]
      /** Images, row by row, intensities from 0 to 1 to six decimals. */
      xhat: number[][]
      /** Height and width of an image. */
      shape: number[]
    }
  }
  /** A map of two latent dimensions, or of classes and styles. */
  grid: {
    query: {
      /** Images on each side; of a map of classes and styles, the number of styles. Default 10. */
      size?: number
      /** Standard deviations of the prior. Default 2. */
      range?: number
      /** The dimensions across and upwards, counted from 0; 0,1 by default. */
      dims?: string
      /** The point that gives the other dimensions: seed:…, class:… or z:…; by default the prior’s mean. A conditional model needs it for a map of two dimensions, since it also gives the class. */
      at?: string
      /** For a map of classes and styles: the seed of the first row’s style; each row below has the next seed. Default 0. */
      styles?: number
      /** Screen pixels for one pixel of an image, by nearest neighbour. Default 1. */
      scale?: number
      /** Swap black and white in the returned picture. Default false. */
      invert?: boolean
      /** Width and height of the whole picture: the images are in its middle, and the rest has their background. */
      frame?: string
    }
    body?: undefined
    format: 'png' | 'json' | 'npy' | 'f32'
    json: {
      model: string
      version: string
      seed?: number
      /** Latents, D_z numbers each, exactly as float32. */
      z: number[][]
      /** Conditional models only: a share for each class; they sum to 1. */
      y?: number[][]
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
      /** Conditional models only: the class, by name or index. */
      class?: string
      /** Conditional models only, instead of class: a share for each class, separated by commas; either one list for all or one for each latent or image, separated by semicolons. */
      y?: string
      /** Screen pixels for one pixel of an image, by nearest neighbour. Default 1. */
      scale?: number
      /** Images in a row of a contact sheet. */
      columns?: number
      /** Swap black and white in the returned picture. Default false. */
      invert?: boolean
      /** Width and height of the whole picture: the images are in its middle, and the rest has their background. */
      frame?: string
    }
    body?: Latents | Binary
    format: 'png' | 'json' | 'npy' | 'f32'
    json: {
      model: string
      version: string
      seed?: number
      /** Latents, D_z numbers each, exactly as float32. */
      z: number[][]
      /** Conditional models only: a share for each class; they sum to 1. */
      y?: number[][]
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
      /** Seed of the draw. If absent, one is drawn and stated in X-Seed. */
      seed?: number
      /** Show each row of originals above its reconstructions. Default false. */
      compare?: boolean
      /** Conditional models only: the class, by name or index. */
      class?: string
      /** Conditional models only, instead of class: a share for each class, separated by commas; either one list for all or one for each latent or image, separated by semicolons. */
      y?: string
      /** Posted images have black and white swapped: dark ink on light paper, for a model of light ink on black. Default false. */
      invertInput?: boolean
      /** Screen pixels for one pixel of an image, by nearest neighbour. Default 1. */
      scale?: number
      /** Images in a row of a contact sheet. */
      columns?: number
      /** Swap black and white in the returned picture. Default false. */
      invert?: boolean
      /** Width and height of the whole picture: the images are in its middle, and the rest has their background. */
      frame?: string
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
        /** VAE only: the posterior’s mean, [D_z]. */
        mu?: number[]
        /** VAE only: the logarithm of its variance, [D_z]. */
        logvar?: number[]
        /** The latent that was decoded, [D_z]. */
        z: number[]
        /** Conditional models only: the shares of classes that were read. */
        y?: number[]
        /** Binary cross-entropy in nats, mean over pixels. */
        bce: number
        /** Squared difference of intensity, mean over pixels. */
        mse: number
        /** Absolute difference of intensity, mean over pixels. */
        l1: number
        /** VAE only: nats for the image, against the model’s prior. */
        kl?: number
        /** The reconstruction, row by row, to six decimals. */
        xhat: number[]
      }[]
    }
  }
  /** Latents from images. */
  encode: {
    query: {
      /** Conditional models only: the class, by name or index. */
      class?: string
      /** Conditional models only, instead of class: a share for each class, separated by commas; either one list for all or one for each latent or image, separated by semicolons. */
      y?: string
      /** Posted images have black and white swapped: dark ink on light paper, for a model of light ink on black. Default false. */
      invertInput?: boolean
    }
    body: Images | Binary
    format: 'json' | 'npy' | 'f32'
    json: {
      model: string
      version: string
      seed?: number
      /** VAE only: the posterior’s mean, [n, D_z]. */
      mu?: number[][]
      /** VAE only: the logarithm of its variance, [n, D_z]. */
      logvar?: number[][]
      /** AE only: the latent, [n, D_z]. */
      z?: number[][]
      /** Conditional models only: the shares of classes that the encoder read, [n, classes]. */
      y?: number[][]
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
