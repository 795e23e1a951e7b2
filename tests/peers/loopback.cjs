// Loaded with `node --require`: servers that name no address listen on 127.0.0.1 only.
const net = require('node:net');

const listen = net.Server.prototype.listen;

net.Server.prototype.listen = function (where, ...rest) {
  if (typeof where === 'number' && typeof rest[0] !== 'string') {
    return listen.call(this, where, '127.0.0.1', ...rest.filter(argument => typeof argument === 'function'));
  }

  if (where?.port !== undefined && !where.host) {
    where.host = '127.0.0.1';
  }

  return listen.call(this, where, ...rest);
};
