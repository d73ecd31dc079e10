// A shop of invented goods. The analytics of its pages (value in the shop's currency, bounce and exit rate) are invented as well.
const page = (path, kind, title, pageValue, bounceRate, exitRate, more = {}) => ({ path, kind, title, pageValue, bounceRate, exitRate, ...more });
const product = (path, title, price, picture, pageValue, text) => page(path, 'product', title, pageValue, 0.004, 0.015, { price, picture, text, listed: true });

export const pages = [
  page('/', 'product', 'Tea and kettles', 0, 0.012, 0.03, { text: 'Leaves, pots and kettles for a quiet quarter of an hour.' }),
  page('/sale', 'product', 'Last season', 0, 0.03, 0.06, { text: 'Nothing here is left in all sizes.' }),
  product('/kettle', 'Copper kettle', 89, 'kettle', 52, 'Whistles in three minutes. Works on every stove.'),
  product('/sencha', 'Sencha, 100 g', 14, 'tea', 34, 'First harvest, steamed, grassy.'),
  product('/cups', 'Six stoneware cups', 42, 'cups', 41, 'Each a little different.'),
  page('/brewing', 'informational', 'How to brew', 0, 0.025, 0.055, { text: 'Eighty degrees, two minutes, no milk. Most visitors read this and go.' }),
  page('/shipping', 'informational', 'Shipping and returns', 9, 0.005, 0.02, { text: 'Two days, and a month to change your mind.' }),
  page('/account', 'administrative', 'Your account', 12, 0.004, 0.018, { text: 'Addresses, orders, wishes.' }),
  page('/basket', 'product', 'Basket', 78, 0.002, 0.008, { text: 'What you put in waits here.' }),
  page('/checkout', 'administrative', 'Checkout', 104, 0.001, 0.006, { text: 'Name, address, payment: the last step. Nothing is really sold here.' }),
];

export const navigation = ['/', '/sale', '/brewing', '/shipping', '/account', '/basket'];

export function pageAt(path) {
  return pages.find(candidate => candidate.path === path);
}

// What a visitor of each kind clicks, one after another. The short visit plays by itself, in less than five seconds.
export const walks = {
  short: ['/', '/kettle', '/basket', '/checkout'],
  browsing: ['/', '/sale', '/brewing', '/', '/sale', '/brewing'],
  buying: ['/', '/kettle', '/shipping', '/cups', '/basket', '/checkout'],
};
