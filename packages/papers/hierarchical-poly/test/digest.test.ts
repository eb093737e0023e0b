import { digest } from '@opt/testing'
import {
  crossValidate,
  drawModel,
  HierarchicalRegressor,
  hermiteCoefficients,
  hermiteFeatures,
  hermiteKernel,
  hierarchicalFit,
  kernelRidge,
  layerwise,
  limitFeature,
  modelFigures,
  ridgeLoo,
} from '../src/index.ts'
import { gaussian, rowsOf, saddle } from './shared.ts'

const X = gaussian(60, 3, 1)
const y = rowsOf(X).map((row) => saddle(row) / (1 + Math.abs(saddle(row))))

test('the bits of all answers are the same in every engine', () => {
  const primal = hierarchicalFit({ X, y }, { refinements: 4, linkUnits: 20 })
  const dual = hierarchicalFit(
    { X: rowsOf(X).slice(0, 15), y: y.slice(0, 15) },
    { degrees: [1, 2, 3], refinements: 3, center: true },
  )
  const network = layerwise({ X, y }, { features: 20, linkUnits: 8, featureSteps: 30, linkSteps: 20 })
  const model = new HierarchicalRegressor({ degrees: [1, 2], scale: 'whiten', refinements: 3 }).fit(X, y)
  const hash = (...values: unknown[]) => digest((say) => values.forEach((value) => say(value as never)))
  expect([
    hash(primal.state, primal.history, primal.predict(X)),
    hash(dual.state, dual.history, dual.predict(X)),
    hash(network.state, network.evaluate(X)),
    hash(model.toJSON(), model.predict(X), model.quadratic().matrix.data, model.toNetwork().parameters),
    hash(crossValidate(X, y, { refinements: 1 }), drawModel(model, X, y), modelFigures(model, X, y)),
    hash(hermiteFeatures(X, [1, 2, 3, 4]).data, hermiteKernel(X, X, 5).data, ridgeLoo(X, y, [0.1, 1])),
    hash(kernelRidge(X, y).predict(X), kernelRidge(X, y, { kernel: 'polynomial' }).predict(X)),
    hash(
      hermiteCoefficients((z) => z * z * z, 5),
      limitFeature(
        [
          [1, 2],
          [2, 3],
        ],
        [1, 2, 3],
      ).matrix.data,
    ),
  ]).toEqual([
    'fc2f181317dc1f1b',
    'dd9aed19eabfd8a4',
    'af15103e657d782f',
    '16c13e71bf660f30',
    'e9f7177569b693e3',
    '6e26448553a317c9',
    '6f31c5930d4bac5e',
    'f4276020594c2236',
  ])
})
