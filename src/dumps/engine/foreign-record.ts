import { type Fields, fieldsOf } from './fields.ts';
import { isoOfEpochMillis } from './times.ts';

/** A record of a foreign format whose fields move, one by one, to the names that the importer knows. */
export class ForeignRecord {
  readonly fields: Fields;

  constructor(record: Readonly<Record<string, unknown>>) {
    this.fields = fieldsOf(record);
  }

  /** Takes a field out; `undefined` when there is none. */
  take(name: string): unknown {
    const value = this.fields[name];
    delete this.fields[name];
    return value;
  }

  /** Gives a field its own name here, unless it is empty. */
  move(from: string, to: string): void {
    const value = this.take(from);
    if (value !== undefined && value !== null && value !== '') this.fields[to] = value;
  }

  /** Converts a field of milliseconds since 1970 to a time. A value that is no such number stays unchanged. */
  moveMillis(from: string, to: string): void {
    const iso = isoOfEpochMillis(this.fields[from]);
    if (iso === undefined) return;
    this.take(from);
    this.fields[to] = iso;
  }

  /** Takes a field out when it is text. */
  takeText(name: string): string | undefined {
    return typeof this.fields[name] === 'string' ? String(this.take(name)) : undefined;
  }
}
