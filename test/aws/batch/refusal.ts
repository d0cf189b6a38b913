/** An answer with an error. AB 3: the model of Batch knows only ClientException and ServerException, all else comes by name. */
export class Refusal extends Error {
  readonly status: number;

  constructor(name: string, status: number, message: string) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

export function clientException(message: string): Refusal {
  return new Refusal('ClientException', 400, `Error executing request, Exception : ${message}`);
}
