//! Connections on which answers come and what others write as well: RESP3 carries both.

use std::fmt;
use std::sync::Arc;

use redis::{AsyncConnectionConfig, Client, ConnectionInfo, ProtocolVersion, PushInfo, PushKind};
use redis::{RedisError, RedisResult, Value};

use super::SCRIPT;
use super::address;
use super::fields::Word;
use super::names::Names;
use super::session::{CONNECT_TIMEOUT, RESPONSE_TIMEOUT, RedisSession, said};
use crate::storage::{Pushes, Session, StorageError};

/// What is connected to.
#[derive(Clone)]
pub(super) enum Server {
    One(Client),
    /// Whichever server the sentinels say is the one that takes writes.
    #[cfg(feature = "redis-sentinel")]
    Sentinel {
        sentinels: Vec<ConnectionInfo>,
        service: String,
        server: redis::sentinel::SentinelNodeConnectionInfo,
    },
    #[cfg(feature = "redis-cluster")]
    Cluster(Vec<ConnectionInfo>),
}

impl Server {
    /// Makes a session, whose pushes go into `pushes` if there are any to be had.
    pub(super) async fn connect(
        &self,
        names: Names,
        pushes: Option<Pushes>,
    ) -> Result<Arc<dyn Session>, StorageError> {
        self.open(names, pushes)
            .await
            .map_err(|error| StorageError::Unreachable(format!("{self}: {}", said(&error))))
    }

    async fn open(&self, names: Names, pushes: Option<Pushes>) -> RedisResult<Arc<dyn Session>> {
        provide_cryptography();
        match self {
            Self::One(client) => one(client, names, pushes).await,
            #[cfg(feature = "redis-sentinel")]
            Self::Sentinel { sentinels, service, server } => {
                let mut sentinel = redis::sentinel::SentinelClient::build(
                    sentinels.clone(),
                    service.clone(),
                    Some(server.clone()),
                    redis::sentinel::SentinelServerType::Master,
                )?;
                // Asked each time, as it may be another one after a connection was lost.
                one(&sentinel.async_get_client().await?, names, pushes).await
            }
            #[cfg(feature = "redis-cluster")]
            Self::Cluster(nodes) => cluster(nodes, names, pushes).await,
        }
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(client) => f.write_str(&address::shown(client.get_connection_info())),
            #[cfg(feature = "redis-sentinel")]
            Self::Sentinel { sentinels, service, .. } => {
                write!(f, "`{service}` of sentinel {}", address::shown_all(sentinels))
            }
            #[cfg(feature = "redis-cluster")]
            Self::Cluster(nodes) => write!(f, "cluster {}", address::shown_all(nodes)),
        }
    }
}

async fn one(
    client: &Client,
    names: Names,
    pushes: Option<Pushes>,
) -> RedisResult<Arc<dyn Session>> {
    let info = with_pushes(client.get_connection_info().clone());
    let mut config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT_TIMEOUT))
        .set_response_timeout(Some(RESPONSE_TIMEOUT));
    let channel = names.channel();
    let subscribes = pushes.is_some();
    if let Some(pushes) = pushes {
        config = config.set_push_sender(hearing(channel.clone(), pushes));
    }
    let client = Client::open(info)?;
    let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
    if subscribes {
        // Once, instead of with the first request for each breaker; those who may not, send it with these.
        let mut load = redis::cmd("SCRIPT");
        let _ = load.arg("LOAD").arg(SCRIPT).query_async::<Value>(&mut connection).await;
        connection.subscribe(&channel).await?;
    }
    Ok(Arc::new(RedisSession::new(connection, names)))
}

#[cfg(feature = "redis-cluster")]
async fn cluster(
    nodes: &[ConnectionInfo],
    names: Names,
    pushes: Option<Pushes>,
) -> RedisResult<Arc<dyn Session>> {
    let mut builder =
        redis::cluster::ClusterClient::builder(nodes.iter().cloned().map(with_pushes))
            .use_protocol(ProtocolVersion::RESP3)
            .connection_timeout(CONNECT_TIMEOUT)
            .response_timeout(RESPONSE_TIMEOUT)
            // The fleet tries again by itself.
            .retries(3);
    let channel = names.channel();
    let subscribes = pushes.is_some();
    if let Some(pushes) = pushes {
        builder = builder.push_sender(hearing(channel.clone(), pushes));
    }
    let mut connection = builder.build()?.get_async_connection().await?;
    if subscribes {
        // A message reaches every node of a cluster, and from each those that listen there.
        connection.subscribe(&channel).await?;
    }
    Ok(Arc::new(RedisSession::new(connection, names)))
}

fn with_pushes(info: ConnectionInfo) -> ConnectionInfo {
    let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    info.set_redis_settings(settings)
}

/// Hands on what is published on `channel`. Messages of others are not ours to complain of.
fn hearing(
    channel: String,
    pushes: Pushes,
) -> impl Fn(PushInfo) -> Result<(), RedisError> + Send + Sync {
    move |info| {
        match (info.kind, &info.data[..]) {
            (PushKind::Disconnection, _) => pushes.lost("the connection was closed"),
            (PushKind::Message, [Value::BulkString(on), Value::BulkString(payload)])
                if *on == channel.as_bytes() =>
            {
                if let Some((breaker, record, now)) = Word::read(payload) {
                    pushes.push(&breaker, record, now);
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// rustls panics where it cannot tell which of its providers of cryptography to take: none is built in, or several.
fn provide_cryptography() {
    #[cfg(feature = "redis-rustls")]
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Somebody else was quicker: theirs is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
}
