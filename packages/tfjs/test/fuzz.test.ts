import { SGD } from '@opt/optimizers'
import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'
import { cpu, tf } from './setting.ts'

beforeAll(cpu)

let made: tf.Variable[] | undefined

/** The same variables with the same values each time: TensorFlow.js knows them by their names. */
function variables(): tf.Variable[] {
  made ??= [tf.variable(tf.zeros([2]), true, 'fuzz/w'), tf.variable(tf.scalar(0), true, 'fuzz/b')]
  made[0].assign(tf.tensor1d([0.5, -1]))
  made[1].assign(tf.scalar(0.25))
  return [...made]
}
const make = () => new api.TfOptimizer((parameters) => new SGD(parameters, { learningRate: 0.1, momentum: 0.9 }))
const loss = (list: tf.Variable[]) => () => tf.tidy(() => list[0].square().sum().add(list[1].square())) as tf.Scalar
const gradients = () => {
  variables()
  return { 'fuzz/w': tf.tensor1d([1, 2]), 'fuzz/b': tf.scalar(-1) }
}

function trained(): api.TfOptimizer {
  const optimizer = make()
  optimizer.minimize(loss(variables()))
  return optimizer
}
const minimize = () => {
  const list = variables()
  return [loss(list), true, list]
}

fuzz(
  { ...api, trained },
  {
    TfOptimizer: {
      args: () => [(parameters: Record<string, Float32Array>) => new SGD(parameters)],
      methods: {
        minimize,
        minimizeAsync: minimize,
        applyGradients: () => [gradients()],
        state: () => [],
        load: () => [trained().state()],
        getWeights: () => [],
        setWeights: { skip: 'below, of a state that was saved' },
        getConfig: () => [],
        dispose: () => [],
      },
    },
    trained: {
      make: trained,
      says: ['TfOptimizer', 'SGD'],
      methods: {
        minimize,
        minimizeAsync: minimize,
        applyGradients: () => [gradients()],
        load: () => [trained().state()],
        setWeights: () => [
          [{ name: 'optimizer/state', tensor: tf.scalar(JSON.stringify(trained().state()), 'string') }],
        ],
      },
    },
  },
)
