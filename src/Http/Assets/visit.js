// The features of a visit, kept as it goes on: what a shop would keep in its session.
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'June', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const clockSpeed = 20;

export { months };

export class Visit {
  /** Tells this visit from others, so that all of it is answered by one version while another is rolled out. */
  id = Array.from(crypto.getRandomValues(new Uint8Array(8)), byte => byte.toString(16).padStart(2, '0')).join('');

  #views = [];
  #now;

  /** @param now milliseconds that only grow */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  get length() {
    return this.#views.length;
  }

  /** The visitor opens a page of the catalogue. */
  see(page) {
    this.#views.push({ page, since: this.#now() });
  }

  /** The instance that the model scores. */
  features({ month, visitorType, weekend }) {
    return {
      ...this.#pagesOf('Administrative', 'administrative'),
      ...this.#pagesOf('Informational', 'informational'),
      ...this.#pagesOf('ProductRelated', 'product'),
      BounceRates: this.#mean(page => page.bounceRate),
      ExitRates: this.#mean(page => page.exitRate),
      PageValues: this.#mean(page => page.pageValue),
      SpecialDay: 0,
      Month: month,
      VisitorType: visitorType,
      Weekend: weekend,
    };
  }

  #pagesOf(feature, kind) {
    const views = this.#views.map((view, index) => ({ ...view, until: this.#views[index + 1]?.since ?? this.#now() })).filter(view => view.page.kind === kind);
    const seconds = views.reduce((sum, view) => sum + (view.until - view.since) / 1000 * clockSpeed, 0);
    return { [feature]: views.length, [`${feature}_Duration`]: round(seconds, 1) };
  }

  #mean(of) {
    return round(this.#views.reduce((sum, view) => sum + of(view.page), 0) / Math.max(this.#views.length, 1), 4);
  }
}

function round(value, digits) {
  return Number(value.toFixed(digits));
}

/** Where a feature's value comes from, in words. */
export const origins = {
  Administrative: 'account and checkout pages seen', Administrative_Duration: 'seconds on them',
  Informational: 'pages about the shop seen', Informational_Duration: 'seconds on them',
  ProductRelated: 'product pages seen', ProductRelated_Duration: 'seconds on them',
  BounceRates: 'mean over the pages seen; invented analytics',
  ExitRates: 'mean over the pages seen; invented analytics',
  PageValues: 'mean over the pages seen; invented analytics',
  SpecialDay: 'no feast is near', Month: 'chosen above', VisitorType: 'chosen above', Weekend: 'the calendar',
};
