import * as tf from '@tensorflow/tfjs'
import { TfOptimizer } from '../src/index.ts'

// Without its greeting.
tf.env().set('IS_TEST', true)

/** TensorFlow.js on its plain backend. */
export async function cpu(): Promise<void> {
  await tf.setBackend('cpu')
}

/** Variables of several shapes whose gradients are functions of their values; names are new in each test. */
export function problem(name: string): { variables: tf.Variable[]; loss: () => tf.Scalar } {
  const make = (part: string, shape: number[], seed: number) =>
    tf.tidy(() => tf.variable(tf.randomNormal(shape, 0, 1, 'float32', seed), true, `${name}/${part}`))
  const [kernel, bias, scale] = [make('kernel', [4, 3], 1), make('bias', [3], 2), make('scale', [], 3)]
  const inputs = tf.randomNormal([8, 4], 0, 1, 'float32', 4)
  const loss = () =>
    tf.tidy(() =>
      tf
        .matMul(inputs, kernel as tf.Tensor2D)
        .add(bias)
        .tanh()
        .mul(scale)
        .sub(0.5)
        .square()
        .mean(),
    ) as tf.Scalar
  return { variables: [kernel, bias, scale], loss }
}

export const valuesOf = (variables: readonly tf.Variable[]): number[][] =>
  variables.map((variable) => [...variable.dataSync()])

/** A model of two layers with seeded weights. */
export function model(units: number, inputs: number, classes: number, seed = 1): tf.Sequential {
  const initializer = (k: number) => tf.initializers.glorotNormal({ seed: seed + k })
  return tf.sequential({
    layers: [
      tf.layers.dense({ units, inputShape: [inputs], activation: 'relu', kernelInitializer: initializer(0) }),
      tf.layers.dense({ units: classes, activation: 'softmax', kernelInitializer: initializer(1) }),
    ],
  })
}

/** Artifacts of a model as they come back from a file. */
export async function saved(trained: tf.LayersModel): Promise<tf.io.ModelArtifacts> {
  let artifacts: tf.io.ModelArtifacts | undefined
  const handler = tf.io.withSaveHandler(async ({ weightData, ...rest }) => {
    artifacts = { ...JSON.parse(JSON.stringify(rest)), weightData: (weightData as ArrayBuffer).slice(0) }
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
  })
  await trained.save(handler, { includeOptimizer: true })
  return artifacts!
}

export { TfOptimizer, tf }
