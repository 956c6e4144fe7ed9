#!/usr/bin/env node
// Runs the contract's cases against any implementation. Written by kingpost design; do not edit. `node run.mjs --help` says how.
import { readFileSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { randomBytes, randomUUID } from 'node:crypto';

const calendarDay = (text) => {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!found) return false;
  const [year, month, day] = found.slice(1).map(Number);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month >= 1 && month <= 12 && day >= 1 && day <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
};
const clockTime = (text) => {
  const found = /^(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-](\d\d):(\d\d))?$/i.exec(text);
  return found !== null && Number(found[1]) < 24 && Number(found[2]) < 60 && Number(found[3]) < 60 && Number(found[6] ?? 0) < 24 && Number(found[7] ?? 0) < 60;
};
const formats = {
  uuid: (text) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text),
  date: calendarDay,
  time: clockTime,
  'date-time': (text) => /^.{10}[Tt ]/.test(text) && calendarDay(text.slice(0, 10)) && clockTime(text.slice(11)) && /(Z|[+-]\d\d:\d\d)$/i.test(text),
  duration: (text) => /^P(?!$)(\d+W|(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?)$/.test(text),
};

const typeOf = (value) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);
const isType = (value, type) => (type === 'integer' ? Number.isInteger(value) : typeOf(value) === type);
const equal = (left, right) => {
  if (typeOf(left) !== typeOf(right)) return false;
  if (Array.isArray(left)) return left.length === right.length && left.every((one, at) => equal(one, right[at]));
  if (left === null || typeof left !== 'object') return left === right;
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length && keys.every((key) => Object.hasOwn(right, key) && equal(left[key], right[key]));
};

/// What of `value` breaks `schema`, at most ten sentences. The part of JSON Schema 2020-12 that the documents use; `$ref` only into `root`.
export function validate(root, schema, value) {
  const faults = [];
  const visit = (rule, one, at, depth) => {
    if (faults.length >= 10 || rule === true) return;
    const fault = (text) => { if (faults.length < 10) faults.push(`${at || '/'} ${text}`); };
    if (rule === false) return fault('is not allowed');
    if (depth > 64) return fault('is nested too deeply');
    const passes = (part) => { const held = faults.splice(0); visit(part, one, at, depth + 1); const good = faults.length === 0; faults.splice(0, faults.length, ...held); return good; };
    if (rule.$ref !== undefined) {
      const target = rule.$ref.startsWith('#/') ? rule.$ref.slice(2).split('/').reduce((node, part) => node?.[decodeURIComponent(part).replace(/~1/g, '/').replace(/~0/g, '~')], root) : undefined;
      if (target === undefined) return fault(`has a schema that is missing: ${rule.$ref}`);
      visit(target, one, at, depth + 1);
    }
    if (rule.type !== undefined && ![rule.type].flat().some((type) => isType(one, type))) return fault(`is ${typeOf(one)}, not ${[rule.type].flat().join(' or ')}`);
    if (rule.enum !== undefined && !rule.enum.some((allowed) => equal(allowed, one))) fault(`is ${JSON.stringify(one)}, none of the allowed values`);
    if (rule.const !== undefined && !equal(rule.const, one)) fault(`is not ${JSON.stringify(rule.const)}`);
    if (typeof one === 'number') {
      if (rule.minimum !== undefined && one < rule.minimum) fault(`is below ${rule.minimum}`);
      if (rule.maximum !== undefined && one > rule.maximum) fault(`is above ${rule.maximum}`);
      if (rule.exclusiveMinimum !== undefined && one <= rule.exclusiveMinimum) fault(`is not above ${rule.exclusiveMinimum}`);
      if (rule.exclusiveMaximum !== undefined && one >= rule.exclusiveMaximum) fault(`is not below ${rule.exclusiveMaximum}`);
    }
    if (typeof one === 'string') {
      const length = rule.minLength !== undefined || rule.maxLength !== undefined ? [...one].length : 0;
      if (length < (rule.minLength ?? 0)) fault(`is shorter than ${rule.minLength}`);
      if (rule.maxLength !== undefined && length > rule.maxLength) fault(`is longer than ${rule.maxLength}`);
      if (rule.pattern !== undefined && !new RegExp(rule.pattern, 'u').test(one)) fault(`does not match ${rule.pattern}`);
      if (rule.format !== undefined && formats[rule.format] !== undefined && !formats[rule.format](one)) fault(`is no ${rule.format}: ${JSON.stringify(one.slice(0, 60))}`);
    }
    if (Array.isArray(one)) {
      if (rule.minItems !== undefined && one.length < rule.minItems) fault(`has fewer than ${rule.minItems} items`);
      if (rule.maxItems !== undefined && one.length > rule.maxItems) fault(`has more than ${rule.maxItems} items`);
      if (rule.items !== undefined) one.forEach((item, index) => visit(rule.items, item, `${at}/${index}`, depth + 1));
    } else if (one !== null && typeof one === 'object') {
      for (const name of rule.required ?? []) if (!Object.hasOwn(one, name)) fault(`lacks ${name}`);
      for (const [name, part] of Object.entries(one)) {
        if (rule.properties !== undefined && Object.hasOwn(rule.properties, name)) visit(rule.properties[name], part, `${at}/${name}`, depth + 1);
        else if (rule.additionalProperties !== undefined) visit(rule.additionalProperties, part, `${at}/${name}`, depth + 1);
      }
    }
    for (const part of rule.allOf ?? []) visit(part, one, at, depth + 1);
    if (rule.anyOf !== undefined && !rule.anyOf.some(passes)) fault('fits none of anyOf');
    if (rule.oneOf !== undefined && rule.oneOf.filter(passes).length !== 1) fault('does not fit exactly one of oneOf');
    if (rule.not !== undefined && passes(rule.not)) fault('fits what it must not');
  };
  visit(schema, value, '', 0);
  return faults;
}
