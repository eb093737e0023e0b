import { fuzz } from '@opt/testing'
import * as api from '../src/index.ts'
import { gaussian, rowsOf } from './shared.ts'

const X = () => rowsOf(gaussian(24, 2, 1))
const y = () => X().map(([a, b]) => Math.tanh(a * b) + 0.1 * a)
const few = () => rowsOf(gaussian(3, 2, 2))
const units = () => ({ signs: [1, -1, 1], offsets: [0.5, -1, 2] })
const fitOptions = () => ({
  degrees: [1, 2],
  refinements: 2,
  linkUnits: 4,
  lambdas: [0.1, 1, 10],
  linkLambdas: [0.1, 1],
  center: true,
  seed: 3,
})
const regressorOptions = () => ({
  degrees: [1, 2],
  refinements: 1,
  linkUnits: 4,
  scale: 'whiten' as const,
  lambdas: [0.1, 1, 10],
  clip: true,
  seed: 3,
})
const watch = () => ({ onProgress: () => {}, signal: new AbortController().signal, timeBudget: 1e6 })
const fitted = () => new api.HierarchicalRegressor(regressorOptions()).fit(X(), y())
const model = () => {
  const { score, link } = api.hierarchicalFit({ X: X(), y: y() }, { ...fitOptions(), refinements: 0 })
  return { score, link }
}

fuzz(
  api,
  {
    hermiteFeatures: () => [few(), [1, 3]],
    hermiteKernel: () => [few(), X(), 3],
    ridgeLoo: () => [X(), y(), [0.1, 1, 10]],
    kernelRidge: {
      args: () => [
        X(),
        y(),
        { kernel: 'hermite', width: 1, degree: 2, degrees: [1, 2], lambdas: [0.1, 1], validation: 0.3, seed: 1 },
      ],
      nonFinite: 'a penalty without a positive definite matrix has the error Infinity',
    },
    hierarchicalFit: {
      args: () => [{ X: X(), y: y() }, fitOptions()],
      budgets: ['1.refinements', '1.linkUnits'],
      open: ['0'],
    },
    layerwise: {
      args: () => [
        { X: X(), y: y() },
        {
          features: { directions: few(), offsets: [0.1, -0.2, 0.3] },
          linkUnits: units(),
          featureSteps: 4,
          linkSteps: 3,
          featureDecay: 0.01,
          linkDecay: 0.01,
          earlyStopping: true,
          seed: 1,
        },
      ],
      budgets: ['1.featureSteps', '1.linkSteps'],
      open: ['0', '1.features', '1.linkUnits'],
    },
    hermiteCoefficients: () => [(z: number) => z * z, 3],
    limitFeature: () => [
      [
        [1, 0.5],
        [0.5, -1],
      ],
      [1, 0.5, 0.25],
    ],
    toNetwork: { args: () => [model()], open: ['0'], says: ['mlp'] },
    modelFigures: { args: () => [fitted(), few(), [1, 2, 3]], says: ['HierarchicalRegressor'] },
    drawModel: { args: () => [fitted(), few(), [1, 2, 3]], says: ['HierarchicalRegressor'] },
    crossValidate: {
      args: () => [
        X(),
        y(),
        { ...regressorOptions(), folds: 2, onProgress: () => {}, signal: new AbortController().signal },
      ],
      budgets: ['2.refinements', '2.linkUnits', '2.folds'],
      says: ['hierarchicalFit'],
    },
    HierarchicalRegressor: {
      args: () => [regressorOptions()],
      budgets: ['0.refinements', '0.linkUnits'],
      says: ['hierarchicalFit'],
      methods: {
        fit: () => [X(), y(), watch()],
        fitAsync: () => [X(), y(), watch()],
        predict: { skip: 'tested on a fitted regressor below' },
        scores: { skip: 'tested on a fitted regressor below' },
        link: { skip: 'tested on a fitted regressor below' },
        score: { skip: 'tested on a fitted regressor below' },
        quadratic: { skip: 'tested on a fitted regressor below' },
        terms: { skip: 'tested on a fitted regressor below' },
        toNetwork: { skip: 'tested on a fitted regressor below' },
        toJSON: { skip: 'tested on a fitted regressor below' },
      },
    },
  },
  { calls: 600 },
)

fuzz(
  { fitted, fromJSON: api.HierarchicalRegressor.fromJSON },
  {
    fitted: {
      args: () => [],
      says: ['HierarchicalRegressor'],
      methods: {
        predict: () => [few()],
        scores: () => [few()],
        link: () => [[0.5, -1]],
        score: () => [few(), [1, 2, 3]],
        quadratic: () => [],
        terms: () => [3],
        toNetwork: () => [],
        toJSON: () => [],
      },
    },
    fromJSON: {
      args: () => [JSON.parse(JSON.stringify(fitted()))],
      says: ['HierarchicalRegressor'],
      open: ['0'],
    },
  },
  { calls: 250 },
)
