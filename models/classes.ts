/** The classes of the data sets that have some, in the order of their labels. */
export const CLASSES = {
  mnist: [...'0123456789'],
  'fashion-mnist': [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Ankle boot',
  ],
} as const satisfies Record<string, readonly string[]>
