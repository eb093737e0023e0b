import { expect, test } from '@jest/globals'
import ndarray from 'ndarray'
import { classesOf, labelsCopy } from '../src/index.ts'

test('classes are the distinct labels in ascending order, with the place of each label', () => {
  expect(classesOf([3, -1, 3, 10], 'y')).toEqual({ classes: [-1, 3, 10], indices: Int32Array.of(1, 0, 1, 2) })
  const { classes, indices } = classesOf<string>(['b', 'a', 'b'], 'y', { length: 3 })
  expect(classes).toEqual(['a', 'b'])
  expect([...indices]).toEqual([1, 0, 1])
  expect(classesOf(ndarray(Float32Array.of(2, 1, 0, 5), [2], [2], 0), 'y').classes).toEqual([0, 2])
})

test('-0 and 0 are one label, and labels are copied', () => {
  const labels = ['x', 'y']
  expect(labelsCopy<string>(labels, 'y')).not.toBe(labels)
  expect(classesOf([0, -0], 'y')).toEqual({ classes: [0], indices: Int32Array.of(0, 0) })
  expect(Object.is(classesOf([-0, 1], 'y').classes[0], 0)).toBe(true)
})

test('mixed labels, missing values and other lengths are refused', () => {
  expect(() => classesOf<string>(['a', 1 as unknown as string], 'f: y')).toThrow(
    'f: y[1] must be a string like the first, got 1',
  )
  expect(() => classesOf([1, NaN], 'f: y')).toThrow('f: y')
  expect(() => classesOf([1, 2], 'f: y', { length: 3 })).toThrow('length 3')
  expect(() => classesOf<string>(['a'], 'f: y', { length: 2 })).toThrow('f: y must be of length 2, got length 1')
})
