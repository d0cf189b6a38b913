/** What mending a network costs, in USD of us-east-1 (AB 10.4): an hour, and a GB where that is charged too. */
const nat = { hour: 0.045, gb: 0.045 };
const endpoint = { hour: 0.01, gb: 0.01 };
const publicAddress = { hour: 0.005 };
const hoursOfMonth = 730;

const aMonth = (hour: number) => `about $${Math.round(hour * hoursOfMonth)} a month`;

/** A regional one is charged in every zone that it serves. [MEM] */
export const natCharge = `${aMonth(nat.hour)} in each zone, and $${nat.gb} per GB`;

/** Of interface endpoints; gateway endpoints are free. */
export function endpointCharge(zones: number, endpoints = 1): string {
  return `${aMonth(endpoint.hour * zones * endpoints)}, and $${endpoint.gb} per GB`;
}

export const addressCharge = `$${publicAddress.hour} an hour for each instance`;
