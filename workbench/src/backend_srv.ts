import { from, type Observable } from 'rxjs';
import type { BackendSrv, BackendSrvRequest, FetchResponse } from '@grafana/runtime';

/** Grafana's HTTP client, as far as plugins see it: addresses below the sub path, errors as thrown answers. */
async function send<T>(config: BackendSrvRequest): Promise<FetchResponse<T>> {
  const url = new URL(config.url.replace(/^\//, ''), document.baseURI);
  for (const [name, value] of Object.entries(config.params ?? {})) {
    for (const one of [value].flat()) {
      if (one !== undefined && one !== null) {
        url.searchParams.append(name, String(one));
      }
    }
  }
  const headers = new Headers(config.headers);
  if (config.data !== undefined && !headers.has('content-type')) {
    headers.set('content-type', 'application/json');
  }
  const response = await fetch(url, {
    method: config.method ?? 'GET',
    headers,
    body: config.data === undefined ? undefined : JSON.stringify(config.data),
    signal: config.abortSignal,
  }).catch((error: Error) => {
    const cancelled = error.name === 'AbortError';
    throw { status: 0, statusText: 'No answer from the server', data: { message: 'No answer from the server. Is it running?' }, cancelled, config };
  });
  const data = await body(response, config.responseType);
  if (!response.ok) {
    throw { status: response.status, statusText: response.statusText, data, config };
  }
  const { status, statusText, ok, redirected, type } = response;
  return { data: data as T, status, statusText, ok, headers: response.headers, redirected, type, url: url.href, config };
}

async function body(response: Response, type: BackendSrvRequest['responseType']) {
  switch (type) {
    case 'arraybuffer':
      return response.arrayBuffer();
    case 'blob':
      return response.blob();
    case 'text':
      return response.text();
    default: {
      const text = await response.text();
      try {
        return JSON.parse(text);
      } catch {
        return { message: text };
      }
    }
  }
}

const call = async <T>(config: BackendSrvRequest) => (await send<T>(config)).data;

export const backendSrv: BackendSrv = {
  fetch: <T>(config: BackendSrvRequest): Observable<FetchResponse<T>> => from(send<T>(config)),
  chunked: () => {
    throw new Error('the workbench does not stream');
  },
  request: call,
  datasourceRequest: send,
  get: (url, params, requestId, options) => call({ url, params, requestId, ...options }),
  delete: (url, data, options) => call({ url, method: 'DELETE', data, ...options }),
  post: (url, data, options) => call({ url, method: 'POST', data, ...options }),
  patch: (url, data, options) => call({ url, method: 'PATCH', data, ...options }),
  put: (url, data, options) => call({ url, method: 'PUT', data, ...options }),
};
