-- Rooms and their peers. Each run is one step: nodes that share this Redis see all of it or nothing.
-- ARGV: operation, ms until a silent peer leaves, ms until an empty room is gone, then its own.
-- Time is Redis' own. A room is
--   room:<id>    a hash: owner, name, capacity, public, hash, created, expires, until, seq, and
--                n:<peer>, how many nodes have sockets that hear for a peer
--   peers:<id>   a hash of JSON by peer
--   sdp:<id>     a hash: o:<to>.<from> and a:<to>.<from>, the last offer and answer, "<seq> <sdp>"
-- and stands in due:rooms (until), of:<owner> and public (created); its peers in due:peers, as
-- <room>.<peer>, and in:<user>.

local P = 'sluice:signal:'
local GRACE = 60000 -- after its time a room's keys are there for the sweep to tell its peers
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local silent, empty = tonumber(ARGV[2]), tonumber(ARGV[3])

local function whole(n) return string.format('%.0f', n) end
local function keys(id) return { P .. 'room:' .. id, P .. 'peers:' .. id, P .. 'sdp:' .. id } end

local function find(id)
  local f = redis.call('HMGET', P .. 'room:' .. id,
    'owner', 'name', 'capacity', 'public', 'hash', 'created', 'expires', 'until')
  if not f[8] or tonumber(f[8]) <= now then return nil end
  return {
    id = id, owner = f[1], name = f[2], capacity = tonumber(f[3]), public = f[4] == '1',
    hash = f[5], created = tonumber(f[6]), expires = tonumber(f[7]), till = tonumber(f[8])
  }
end

local function facts(room)
  return {
    roomId = room.id, ownerId = room.owner, name = room.name ~= '' and room.name or nil,
    capacity = room.capacity, public = room.public, locked = room.hash ~= '',
    created = room.created, expires = room.expires,
    count = redis.call('HLEN', P .. 'peers:' .. room.id)
  }
end

local function keep(room, till)
  redis.call('HSET', P .. 'room:' .. room.id, 'until', whole(till))
  for _, key in ipairs(keys(room.id)) do redis.call('PEXPIREAT', key, whole(till + GRACE)) end
  redis.call('ZADD', P .. 'due:rooms', whole(till), room.id)
  room.till = till
end

-- An index outlives what it names.
local function outlive(key, till)
  if redis.call('PTTL', key) < till + GRACE - now then
    redis.call('PEXPIREAT', key, whole(till + GRACE))
  end
end

local function members(id)
  local found = {}
  for i, text in ipairs(redis.call('HVALS', P .. 'peers:' .. id)) do found[i] = cjson.decode(text) end
  table.sort(found, function(a, b)
    if a.seq ~= b.seq then return a.seq < b.seq end
    return a.peerId < b.peerId
  end)
  return found
end

local function others(all, but)
  local ids = {}
  for _, peer in ipairs(all) do
    if peer.peerId ~= but then ids[#ids + 1] = peer.peerId end
  end
  return ids
end

local function alive(id, peer)
  redis.call('ZADD', P .. 'due:peers', whole(now + silent), id .. '.' .. peer)
end

local function enter(room, user, peer, name)
  local seq = redis.call('HINCRBY', P .. 'room:' .. room.id, 'seq', 1)
  local text = cjson.encode({ peerId = peer, userId = user, name = name ~= '' and name or nil, seq = seq })
  redis.call('HSET', P .. 'peers:' .. room.id, peer, text)
  keep(room, room.expires)
  alive(room.id, peer)
  redis.call('SADD', P .. 'in:' .. user, room.id .. '.' .. peer)
  outlive(P .. 'in:' .. user, room.expires)
end

-- Gives those who stay.
local function depart(room, peer)
  redis.call('HDEL', P .. 'peers:' .. room.id, peer.peerId)
  redis.call('HDEL', P .. 'room:' .. room.id, 'n:' .. peer.peerId)
  redis.call('ZREM', P .. 'due:peers', room.id .. '.' .. peer.peerId)
  redis.call('SREM', P .. 'in:' .. peer.userId, room.id .. '.' .. peer.peerId)
  for _, field in ipairs(redis.call('HKEYS', P .. 'sdp:' .. room.id)) do
    if field:find(peer.peerId, 1, true) then redis.call('HDEL', P .. 'sdp:' .. room.id, field) end
  end
  local left = members(room.id)
  if #left == 0 then keep(room, math.min(room.expires, now + empty)) end
  return others(left)
end

-- Gives those who were there.
local function close(id)
  local all = members(id)
  local owner = redis.call('HGET', P .. 'room:' .. id, 'owner')
  for _, peer in ipairs(all) do
    redis.call('ZREM', P .. 'due:peers', id .. '.' .. peer.peerId)
    redis.call('SREM', P .. 'in:' .. peer.userId, id .. '.' .. peer.peerId)
  end
  redis.call('DEL', unpack(keys(id)))
  redis.call('ZREM', P .. 'due:rooms', id)
  redis.call('ZREM', P .. 'public', id)
  if owner then redis.call('ZREM', P .. 'of:' .. owner, id) end
  return others(all)
end

-- The caller's peer: the one it names, or the only one that it has.
local function mine(all, user, wanted)
  local found
  for _, peer in ipairs(all) do
    if wanted ~= '' then
      if peer.peerId == wanted then
        if peer.userId ~= user then return nil, 'NOT_YOUR_PEER' end
        return peer
      end
    elseif peer.userId == user then
      if found then return nil, 'PEER_REQUIRED' end
      found = peer
    end
  end
  if found then return found end
  return nil, 'NOT_IN_ROOM'
end

-- Whom it speaks to: the one it names, or the only other.
local function other(all, from, wanted)
  if wanted == from.peerId then return nil, 'OWN_PEER' end
  local found
  for _, peer in ipairs(all) do
    if peer.peerId ~= from.peerId then
      if peer.peerId == wanted then return peer end
      if wanted == '' then
        if found then return nil, 'RECIPIENT_REQUIRED' end
        found = peer
      end
    end
  end
  if found then return found end
  return nil, 'PEER_NOT_FOUND'
end

local function split(member)
  local dot = member:find('.', 1, true)
  return member:sub(1, dot - 1), member:sub(dot + 1)
end

local function peer_of(id, peer)
  local text = redis.call('HGET', P .. 'peers:' .. id, peer)
  return text and cjson.decode(text) or nil
end

local on = {}

function on.create(id, user, name, capacity, public, hash, lifetime, most, peer, peer_name)
  local own = P .. 'of:' .. user
  if redis.call('ZCARD', own) >= tonumber(most) then
    for _, one in ipairs(redis.call('ZRANGE', own, 0, -1)) do
      if not find(one) then redis.call('ZREM', own, one) end
    end
    if redis.call('ZCARD', own) >= tonumber(most) then return { refused = 'TOO_MANY_ROOMS' } end
  end
  local expires = now + tonumber(lifetime)
  redis.call('HSET', P .. 'room:' .. id, 'owner', user, 'name', name, 'capacity', capacity,
    'public', public, 'hash', hash, 'created', whole(now), 'expires', whole(expires), 'until', whole(expires))
  redis.call('ZADD', own, whole(now), id)
  outlive(own, expires)
  if public == '1' then redis.call('ZADD', P .. 'public', whole(now), id) end
  local room = find(id)
  enter(room, user, peer, peer_name)
  return { room = facts(room), peers = {} }
end

-- What is to be known before a password is judged; each look at a locked room is a try.
function on.lock(id, user, most, window)
  local room = find(id)
  if not room then return { refused = 'ROOM_NOT_FOUND' } end
  if redis.call('HLEN', P .. 'peers:' .. id) >= room.capacity then return { refused = 'ROOM_FULL' } end
  if room.hash == '' or room.owner == user then return { hash = room.hash, free = true } end
  local tries = P .. 'tries:' .. id .. ' ' .. user
  local tried = redis.call('INCR', tries)
  if tried == 1 then redis.call('PEXPIRE', tries, window) end
  if tried > tonumber(most) then
    return { refused = 'TOO_MANY_TRIES', wait = redis.call('PTTL', tries) }
  end
  return { hash = room.hash, free = false }
end

function on.join(id, user, peer, name, hash, most)
  local room = find(id)
  if not room then return { refused = 'ROOM_NOT_FOUND' } end
  if room.hash ~= hash then return { refused = 'WRONG_PASSWORD' } end
  local all, own = members(id), 0
  if #all >= room.capacity then return { refused = 'ROOM_FULL' } end
  for _, one in ipairs(all) do
    if one.userId == user then own = own + 1 end
  end
  if own >= tonumber(most) then return { refused = 'TOO_MANY_PEERS' } end
  redis.call('DEL', P .. 'tries:' .. id .. ' ' .. user)
  enter(room, user, peer, name)
  return { room = facts(room), peers = all }
end

function on.send(id, user, from, to, kind, sdp)
  local room = find(id)
  if not room then return { refused = 'ROOM_NOT_FOUND' } end
  local all = members(id)
  local sender, whyNot = mine(all, user, from)
  if not sender then return { refused = whyNot } end
  alive(id, sender.peerId)
  local taker, why = other(all, sender, to)
  if not taker then return { refused = why } end
  local pair, back = taker.peerId .. '.' .. sender.peerId, sender.peerId .. '.' .. taker.peerId
  local kept = P .. 'sdp:' .. id
  if kind == 'a' and redis.call('HEXISTS', kept, 'o:' .. back) == 0 then return { refused = 'NO_OFFER' } end
  if kind ~= 'c' then
    local seq = redis.call('HINCRBY', P .. 'room:' .. id, 'seq', 1)
    if kind == 'o' then redis.call('HDEL', kept, 'a:' .. back) end -- what answered the one before
    redis.call('HSET', kept, kind .. ':' .. pair, seq .. ' ' .. sdp)
    redis.call('PEXPIREAT', kept, whole(room.till + GRACE))
  end
  return { from = sender.peerId, to = taker.peerId }
end

function on.latest(id, user, peer, from, kind)
  if not find(id) then return { refused = 'ROOM_NOT_FOUND' } end
  local own, why = mine(members(id), user, peer)
  if not own then return { refused = why } end
  alive(id, own.peerId)
  local newest, best, prefix = nil, -1, kind .. ':' .. own.peerId .. '.'
  for _, field in ipairs(redis.call('HKEYS', P .. 'sdp:' .. id)) do
    local sender = field:sub(#prefix + 1)
    if field:sub(1, #prefix) == prefix and (from == '' or from == sender) then
      local text = redis.call('HGET', P .. 'sdp:' .. id, field)
      local space = text:find(' ', 1, true)
      local seq = tonumber(text:sub(1, space - 1))
      if seq > best then
        best, newest = seq, { to = own.peerId, from = sender, sdp = text:sub(space + 1) }
      end
    end
  end
  return newest or { refused = kind == 'o' and 'OFFER_NOT_FOUND' or 'ANSWER_NOT_FOUND' }
end

function on.heartbeat(id, user, peer)
  local room = find(id)
  if not room then return { refused = 'ROOM_NOT_FOUND' } end
  local own, why = mine(members(id), user, peer)
  if not own then return { refused = why } end
  alive(id, own.peerId)
  return { peerId = own.peerId, room = facts(room) }
end

function on.leave(id, user, peer)
  local room = find(id)
  if not room then return { refused = 'ROOM_NOT_FOUND' } end
  local own, why = mine(members(id), user, peer)
  if not own then return { refused = why } end
  return { peerId = own.peerId, told = depart(room, own) }
end

function on.close(id, user)
  local room = find(id)
  if not room then return { refused = 'ROOM_NOT_FOUND' } end
  if room.owner ~= user then return { refused = 'NOT_OWNER' } end
  return { told = close(id) }
end

function on.list(user, created, after, limit)
  local key = user == '' and P .. 'public' or P .. 'of:' .. user
  local rooms, dead, looked, last, more = {}, {}, 0, nil, false
  repeat
    local page = redis.call('ZREVRANGEBYSCORE', key, created == '' and '+inf' or created, '-inf',
      'WITHSCORES', 'LIMIT', looked, 100)
    for i = 1, #page, 2 do
      local passed = page[i + 1] == created and page[i] >= after
      local room = not passed and find(page[i]) or nil
      if room and #rooms == tonumber(limit) then
        more = true
        break
      end
      if room then rooms[#rooms + 1] = facts(room) elseif not passed then dead[#dead + 1] = page[i] end
      last = page[i + 1] .. ' ' .. page[i]
    end
    looked = looked + 100
    if looked >= 1000 and #page == 200 then more = true end
  until more or #page < 200
  if #dead > 0 then redis.call('ZREM', key, unpack(dead)) end
  return { rooms = rooms, next = more and last or nil }
end

-- Whether a user may hear a peer's channel.
function on.admit(id, peer, user)
  if not find(id) then return { refused = 'ROOM_NOT_FOUND' } end
  local own = peer_of(id, peer)
  if not own then return { refused = 'PEER_NOT_FOUND' } end
  if own.userId ~= user then return { refused = 'NOT_YOUR_PEER' } end
  alive(id, peer)
  return {}
end

-- A node has a socket that hears for a peer.
function on.attach(id, peer)
  if find(id) and peer_of(id, peer) then redis.call('HINCRBY', P .. 'room:' .. id, 'n:' .. peer, 1) end
  return {}
end

-- A node has no socket more that hears for a peer.
function on.detach(id, peer)
  local room, own = find(id), peer_of(id, peer)
  if not room or not own then return {} end
  if redis.call('HINCRBY', P .. 'room:' .. id, 'n:' .. peer, -1) > 0 then return {} end
  return { peerId = peer, told = depart(room, own) }
end

function on.beat(...)
  for _, member in ipairs({ ... }) do
    redis.call('ZADD', P .. 'due:peers', 'XX', whole(now + silent), member)
  end
  return {}
end

-- Not where more time has passed since the sweep before than there should have: nobody could be heard
-- then, or this one has waited on its way.
function on.sweep(most, before, within)
  if now - tonumber(before) > tonumber(within) then return { late = true, now = now } end
  local left, closed = {}, {}
  local rooms = redis.call('ZRANGEBYSCORE', P .. 'due:rooms', '-inf', now, 'LIMIT', 0, most)
  for _, id in ipairs(rooms) do closed[#closed + 1] = { roomId = id, told = close(id) } end
  local peers = redis.call('ZRANGEBYSCORE', P .. 'due:peers', '-inf', now, 'LIMIT', 0, most)
  for _, member in ipairs(peers) do
    local id, peer = split(member)
    local room, own = find(id), peer_of(id, peer)
    if room and own then
      left[#left + 1] = { roomId = id, peerId = peer, told = depart(room, own) }
    else
      redis.call('ZREM', P .. 'due:peers', member)
    end
  end
  return {
    now = now, left = left, closed = closed, more = #rooms == tonumber(most) or #peers == tonumber(most),
    rooms = redis.call('ZCARD', P .. 'due:rooms'), peers = redis.call('ZCARD', P .. 'due:peers')
  }
end

function on.forget(user)
  local left, closed = {}, {}
  for _, id in ipairs(redis.call('ZRANGE', P .. 'of:' .. user, 0, -1)) do
    if find(id) then closed[#closed + 1] = { roomId = id, told = close(id) } end
  end
  for _, member in ipairs(redis.call('SMEMBERS', P .. 'in:' .. user)) do
    local id, peer = split(member)
    local room, own = find(id), peer_of(id, peer)
    if room and own then
      left[#left + 1] = { roomId = id, peerId = peer, told = depart(room, own) }
    end
  end
  redis.call('DEL', P .. 'of:' .. user, P .. 'in:' .. user)
  return { left = left, closed = closed }
end

return cjson.encode(on[ARGV[1]](unpack(ARGV, 4)))
